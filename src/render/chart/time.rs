//! Time along an axis. In: periods. Out: where they stand, and labels for some of them that do not run into each other.

use crate::value::{Freq, Period};

/// The middle of a period, in days.
pub fn middle(period: Period) -> f64 {
    f64::midpoint(f64::from(period.first()), f64::from(period.last()) + 1.0)
}

/// A label of an axis: its place, where its text begins and the text.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Which of the periods it is of.
    pub of: usize,
    /// Where that stands.
    pub at: f64,
    /// Where its text begins.
    pub start: f64,
    /// The text.
    pub text: String,
}

/// What an axis has room for.
pub struct Room<'a> {
    /// Where each place stands.
    pub at: &'a [f64],
    /// Where texts may begin, and where they must end.
    pub from: f64,
    /// The end of the room.
    pub to: f64,
    /// How wide a text is.
    pub width: &'a dyn Fn(&str) -> f64,
    /// What stays free between two texts.
    pub gap: f64,
}

/// The most labels that fit, by the calendar: all, quarters, years, each second, fifth, tenth year.
pub fn ticks(periods: &[Period], room: &Room<'_>) -> Vec<Tick> {
    let mut tries: Vec<Vec<(usize, String)>> = vec![periods.iter().map(|p| p.to_string()).enumerate().collect()];
    for unit in [Freq::Month, Freq::Quarter] {
        tries.push(starts(periods, |p| p.floor(unit), |p| p.floor(Freq::Month).to_string()));
    }
    tries.push(starts(periods, |p| p.floor(Freq::Year), |p| p.floor(Freq::Year).to_string()));
    for years in [2, 5, 10, 20, 50] {
        let round = |p: &Period| p.first_month().0 % years == 0;
        let all = starts(periods, |p| p.floor(Freq::Year), |p| p.floor(Freq::Year).to_string());
        tries.push(all.into_iter().filter(|(at, _)| periods.get(*at).is_some_and(round)).collect());
    }
    // Spans such as January to November of each year belong to no unit of the calendar.
    let odd = periods.iter().any(|p| p.freq().is_none()) && !periods.iter().any(|p| p.freq() == Some(Freq::Month));
    if odd {
        tries.truncate(1);
    }
    tries.retain(|t| t.len() > 1 || periods.len() < 2);
    let fallback = [2, 3, 4, 5, 10, 20, 50, 100, 200, 500, 1000].into_iter();
    tries.extend(fallback.map(|step| periods.iter().map(|p| p.to_string()).enumerate().step_by(step).collect()));
    tries.into_iter().find_map(|t| placed(t, room)).unwrap_or_default()
}

/// The periods with which a unit begins, if they begin it.
fn starts(
    periods: &[Period],
    unit: impl Fn(&Period) -> Period,
    text: impl Fn(&Period) -> String,
) -> Vec<(usize, String)> {
    let mut before = None;
    let mut out = Vec::new();
    for (at, period) in periods.iter().enumerate() {
        let now = unit(period);
        let begins = period.first() - now.first() < period.len_days();
        if before != Some(now) && begins {
            out.push((at, text(period)));
        }
        before = Some(now);
    }
    out
}

/// The labels in their places, if none runs into another.
fn placed(labels: Vec<(usize, String)>, room: &Room<'_>) -> Option<Vec<Tick>> {
    let mut out: Vec<Tick> = Vec::new();
    let mut free = f64::NEG_INFINITY;
    for (of, text) in labels {
        let at = room.at.get(of).copied()?;
        let width = (room.width)(&text);
        let start = (at - width / 2.0).min(room.to - width).max(room.from);
        if start < free || start + width > room.to + 1e-9 {
            return None;
        }
        free = start + width + room.gap;
        out.push(Tick { of, at, start, text });
    }
    Some(out)
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;
    use crate::value::period::parse_fixed;

    fn labels(from: &str, to: &str, step: Freq, width: f64) -> Vec<String> {
        let periods = parse_fixed(from).unwrap().span(parse_fixed(to).unwrap()).units(step, 10_000);
        let first = middle(*periods.first().unwrap());
        let span = middle(*periods.last().unwrap()) - first;
        let at: Vec<f64> = periods.iter().map(|p| (middle(*p) - first) / span * width).collect();
        let room = Room { at: &at, from: 0.0, to: width, width: &|t| t.len() as f64, gap: 2.0 };
        ticks(&periods, &room).into_iter().map(|t| t.text).collect()
    }

    #[test]
    fn labels_are_as_many_as_fit_and_round_in_the_calendar() {
        assert_eq!(labels("2018", "2023", Freq::Year, 60.0), ["2018", "2019", "2020", "2021", "2022", "2023"]);
        // Six characters a label and 60 for all: ten fit, and 14 do not.
        assert_eq!(labels("2009", "2022", Freq::Year, 60.0), ["2010", "2012", "2014", "2016", "2018", "2020", "2022"]);
        assert_eq!(labels("2022-01", "2023-12", Freq::Month, 30.0), ["2022", "2023"]);
        assert_eq!(labels("2022-01", "2022-12", Freq::Month, 60.0), ["2022-01", "2022-04", "2022-07", "2022-10"]);
        assert_eq!(labels("2023-01-01", "2023-03-31", Freq::Day, 60.0), ["2023-01", "2023-02", "2023-03"]);
    }
}
