//! From an answer to a chart: the shape that fits where none is asked for, the panels, and what is said where a shape
//! does not fit. Draws nothing.

use super::gather::{self, Answer, Group, Way};
use super::model::{Chart, Panel, Place, Series};
use super::shape::{Shape, Unfit};
use crate::diagnostic::visible::visible;
use crate::plan::catalogue::Settings;
use crate::value::{Flags, Freq, Kind, Row, Value};

/// Series in one panel, beyond which each label has a panel of its own.
const LINES: usize = 8;
/// Bars beside each other in one place.
const BESIDE: usize = 4;
/// Panels of a chart.
const PANELS: usize = 24;
/// Bars below each other.
const BARS: usize = 60;
/// Labels of a side of a heat map, and periods along it.
const SIDE: usize = 60;
const ACROSS: usize = 400;

/// What is drawn.
pub struct Asked<'a> {
    /// The columns of the answer.
    pub columns: &'a [(&'a str, &'a Value)],
    /// Its keys in the order in which they are written.
    pub keys: &'a [String],
    /// The shape, if one is asked for.
    pub shape: Option<Shape>,
    /// Digits and rounding.
    pub settings: &'a Settings,
}

/// The chart of an answer, without its words.
///
/// # Errors
/// A shape that cannot show this answer, or an answer that none can.
pub fn build(asked: &Asked<'_>) -> Result<Chart, Unfit> {
    let numbers = asked.columns.iter().flat_map(|(_, v)| &v.rows).filter(|r| r.datum().is_ok()).count();
    let answer = gather::gather(asked.columns, asked.settings).filter(|a| !a.groups.is_empty());
    let (Some(answer), 2..) = (answer, numbers) else {
        let words = if numbers == 1 { "one number makes no chart" } else { "there is no number to draw" };
        return Err(Unfit::Nothing(words.into()));
    };
    if !answer.groups.iter().all(|g| g.all(|k| k != Kind::Truth)) {
        return Err(Unfit::Nothing("what is yes or no has no height".into()));
    }
    let shape = asked.shape.unwrap_or_else(|| usual(&answer));
    let timed = !answer.periods.is_empty();
    let (panels, multiples) = match shape {
        Shape::Line if !timed => {
            return Err(Unfit::Shape("a line needs two periods or more, and this answer has none along it".into()));
        }
        Shape::Area if !timed => {
            return Err(Unfit::Shape("an area needs two periods or more, and this answer has none along it".into()));
        }
        Shape::Line => along_time(&answer, shape, LINES)?,
        Shape::Bar if timed => along_time(&answer, shape, BESIDE)?,
        Shape::Bar => (bars(&answer)?, false),
        Shape::Area => (vec![area(&answer)?], false),
        Shape::Heat => (vec![heat(&answer, asked.keys)?], false),
    };
    let notes = crate::render::notes::notes(asked.columns, '×');
    let panels = panels.into_iter().map(seen).collect();
    let (title, query) = (String::new(), String::new());
    Ok(Chart { shape, title, query, panels, multiples, files: Vec::new(), warnings: Vec::new(), notes })
}

/// A panel whose texts are all seen.
fn seen(mut panel: Panel) -> Panel {
    let texts = panel.series.iter_mut().map(|s| &mut s.name).chain(panel.across.iter_mut().map(|p| &mut p.label));
    for text in texts.chain([&mut panel.title]) {
        *text = visible(text).into_owned();
    }
    panel
}

/// The shape of an answer that asks for none.
fn usual(answer: &Answer<'_>) -> Shape {
    let several = answer.groups.len() > 1 || answer.groups.iter().any(|g| g.columns.len() > 1);
    if !answer.periods.is_empty() {
        Shape::Line
    } else if answer.dims.len() == 2 && !several {
        Shape::Heat
    } else {
        Shape::Bar
    }
}

/// Lines or bars over periods: a panel for each unit, or for each label where these are many.
fn along_time(answer: &Answer<'_>, shape: Shape, most: usize) -> Result<(Vec<Panel>, bool), Unfit> {
    let labels = Way::Labels(answer.dims.clone());
    let named = |group: &Group<'_>| group.first().map(|v| gather::places(v, &[], &labels)).unwrap_or_default();
    let widest = answer.groups.iter().map(|g| g.columns.len() * named(g).len()).max().unwrap_or(0);
    let from_zero = shape == Shape::Bar;
    if widest <= most {
        let all = answer.groups.iter().map(|group| {
            let title = if answer.groups.len() > 1 { group_name(group) } else { String::new() };
            let series = lines(group, answer, &named(group), &labels);
            panel(group, title, over_time(answer, group), series, from_zero)
        });
        return Ok((all.collect(), false));
    }
    let [group] = answer.groups.as_slice() else {
        let words = format!("{widest} series in each of {} units are too many for one chart", answer.groups.len());
        return Err(Unfit::TooMany(words, None));
    };
    let named = named(group);
    if named.len() > PANELS || group.columns.len() > most {
        let what = if from_zero { "bars" } else { "lines" };
        let words = format!("{widest} {what} are too many to be told apart; {PANELS} are the most");
        // Lines that fit into one panel are read best.
        let some = largest(answer, group, most).filter(|n| *n > 2).or_else(|| largest(answer, group, PANELS));
        return Err(Unfit::TooMany(words, some));
    }
    let mut panels: Vec<Panel> = Vec::new();
    for place in &named {
        let one = std::slice::from_ref(place);
        let mut series = lines(group, answer, one, &labels);
        if group.columns.len() == 1 {
            series.iter_mut().for_each(|s| s.name.clear());
        }
        series.iter_mut().zip(0..).for_each(|(s, look)| s.look = look);
        panels.push(panel(group, place.label.clone(), over_time(answer, group), series, from_zero));
    }
    let all = panels.iter().map(|p| p.range).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    panels.iter_mut().for_each(|p| p.range = settled(all.unwrap_or_default(), from_zero));
    Ok((panels, true))
}

/// How many labels of the last key may stay beside a rest, so that so many series are not exceeded.
fn largest(answer: &Answer<'_>, group: &Group<'_>, most: usize) -> Option<usize> {
    let (_, others) = answer.dims.split_last()?;
    let others = gather::places(group.first()?, &[], &Way::Labels(others.to_vec())).len() * group.columns.len();
    (most / others.max(1)).checked_sub(1).filter(|n| *n > 0)
}

fn over_time(answer: &Answer<'_>, group: &Group<'_>) -> Vec<Place> {
    group.first().map(|v| gather::places(v, &answer.periods, &Way::Periods)).unwrap_or_default()
}

/// A series for each column and label.
fn lines(group: &Group<'_>, answer: &Answer<'_>, labels: &[Place], way: &Way) -> Vec<Series> {
    let places = over_time(answer, group);
    let mut out = Vec::new();
    for (at, (column, value, _)) in group.columns.iter().enumerate() {
        for of in labels {
            let name = match (group.columns.len() > 1 || answer.groups.len() > 1, of.label.is_empty()) {
                (true, true) => column.to_string(),
                (true, false) => format!("{column}, {}", of.label),
                (false, _) => of.label.clone(),
            };
            let is_of_it = |row: &Row| gather::label(value, row, way) == of.label;
            out.push(group.series(at, name, out.len(), (&places, &Way::Periods), is_of_it));
        }
    }
    if let ([only], true) = (out.as_mut_slice(), answer.groups.len() > 1) {
        only.name.clear();
    }
    out
}

/// What a panel of one unit is called.
fn group_name(group: &Group<'_>) -> String {
    group.columns.iter().map(|(name, _, _)| *name).collect::<Vec<_>>().join(", ")
}

fn panel(group: &Group<'_>, title: String, across: Vec<Place>, series: Vec<Series>, from_zero: bool) -> Panel {
    let values = || series.iter().flat_map(|s| &s.spots).filter_map(|s| s.value);
    let reference = group.reference().filter(|_| !from_zero);
    let all = || values().chain(reference);
    let range = (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max));
    let range = if range.0 <= range.1 { range } else { (0.0, 0.0) };
    Panel { title, unit: group.unit(), across, series, range: settled(range, from_zero), reference }
}

/// The range of an axis: from zero where bars stand on it, or where that is near.
fn settled((low, high): (f64, f64), from_zero: bool) -> (f64, f64) {
    if from_zero || (low > 0.0 && low < high * 0.6) || (high < 0.0 && high > low * 0.6) {
        (low.min(0.0), high.max(0.0))
    } else {
        (low, high)
    }
}

/// One bar a label and column, or a few beside each other.
fn bars(answer: &Answer<'_>) -> Result<Vec<Panel>, Unfit> {
    let mut out = Vec::new();
    for group in &answer.groups {
        let Some(value) = group.first() else { continue };
        let few = |dim: &usize| gather::places(value, &[], &Way::Labels(vec![*dim])).len() <= BESIDE;
        let one = group.columns.len() == 1;
        let (down, beside) = match answer.dims.as_slice() {
            [down @ .., last] if !down.is_empty() && one && few(last) => (down.to_vec(), vec![*last]),
            all => (all.to_vec(), Vec::new()),
        };
        let (down, beside) = (Way::Labels(down), Way::Labels(beside));
        let title = if answer.groups.len() > 1 { group_name(group) } else { String::new() };
        let (places, series) = if answer.dims.is_empty() {
            // Columns of one row: each is a bar.
            let places: Vec<Place> =
                group.columns.iter().map(|(n, _, _)| Place { label: n.to_string(), period: None }).collect();
            let mut only = Series { name: String::new(), look: 0, spots: Vec::new() };
            let nowhere = [Place { label: String::new(), period: None }];
            for at in 0..group.columns.len() {
                only.spots.extend(group.series(at, String::new(), 0, (&nowhere, &down), |_| true).spots);
            }
            (places, vec![only])
        } else {
            let places = gather::places(value, &[], &down);
            let labels = gather::places(value, &[], &beside);
            let mut series = Vec::new();
            for (at, (name, column, _)) in group.columns.iter().enumerate() {
                for of in &labels {
                    let name = if one { of.label.clone() } else { name.to_string() };
                    let is_of_it = |row: &Row| gather::label(column, row, &beside) == of.label;
                    series.push(group.series(at, name, series.len(), (&places, &down), is_of_it));
                }
            }
            (places, series)
        };
        if places.len() > BARS {
            let some = largest(answer, group, BARS).map(|n| n.min(20));
            return Err(Unfit::TooMany(format!("{} bars are too many; {BARS} are the most", places.len()), some));
        }
        if series.len() > LINES {
            return Err(Unfit::TooMany(format!("{} bars beside each other are too many", series.len()), None));
        }
        out.push(panel(group, title, places, series, true));
    }
    Ok(out)
}

/// Parts of one whole, one on the other.
fn area(answer: &Answer<'_>) -> Result<Panel, Unfit> {
    let [group] = answer.groups.as_slice() else {
        return Err(Unfit::Shape("an area stacks the parts of one whole, and these series have several units".into()));
    };
    if group.columns.len() > 1 {
        let words = "an area stacks the parts of one series; these are several, of which no sum is known";
        return Err(Unfit::Shape(words.into()));
    }
    let way = Way::Labels(answer.dims.clone());
    let mut places = group.first().map(|v| gather::places(v, &[], &way)).unwrap_or_default();
    let is_total = |place: &Place| {
        let all = group.first().map(|v| v.rows.as_slice()).unwrap_or_default();
        let own = |r: &&Row| group.first().is_some_and(|v| gather::label(v, r, &way) == place.label);
        all.iter().filter(own).all(|r| r.flags().has(Flags::TOTAL))
    };
    // A total is what the parts add up to, and no part.
    places.retain(|p| !is_total(p));
    if places.len() > LINES {
        let words = format!("{} layers are too many to be told apart; {LINES} are the most", places.len());
        return Err(Unfit::TooMany(words, largest(answer, group, LINES)));
    }
    let series = lines(group, answer, &places, &way);
    let mut out = panel(group, String::new(), over_time(answer, group), series, true);
    if out.series.iter().flat_map(|s| &s.spots).any(|s| s.value.is_some_and(|x| x < 0.0)) {
        return Err(Unfit::Shape("an area stacks parts, and some of these numbers are negative".into()));
    }
    let tops: Vec<f64> =
        out.stacked().last().map(|top| top.iter().flatten().map(|(_, t)| *t).collect()).unwrap_or_default();
    let whole = group.all(|k| k == Kind::Share) && tops.iter().all(|t| (t - 100.0).abs() < 1e-6) && !tops.is_empty();
    if !group.all(Kind::adds_over_dimensions) && !whole {
        let kind = group.first().map_or("numbers", |v| v.kind.plural());
        return Err(Unfit::Shape(format!("{kind} do not add up, so they cannot be stacked")));
    }
    out.range = (0.0, tops.into_iter().fold(0.0, f64::max));
    Ok(out)
}

/// Two keys, one down and one across.
fn heat(answer: &Answer<'_>, keys: &[String]) -> Result<Panel, Unfit> {
    let [group] = answer.groups.as_slice() else {
        return Err(Unfit::Shape("a heat map shows one series, and these have several units".into()));
    };
    let (Some(value), 1) = (group.first(), group.columns.len()) else {
        return Err(Unfit::Shape("a heat map shows one series, and these are several".into()));
    };
    let time_first = keys.first().is_some_and(|k| Freq::parse(k).is_some());
    let (down, across) = match (answer.dims.as_slice(), answer.periods.is_empty()) {
        ([a, b], true) => (Way::Labels(vec![*a]), Way::Labels(vec![*b])),
        ([a], false) if time_first => (Way::Periods, Way::Labels(vec![*a])),
        ([a], false) => (Way::Labels(vec![*a]), Way::Periods),
        (dims, _) => {
            let keys = dims.len() + usize::from(!answer.periods.is_empty());
            let words = match keys {
                1 => "a heat map needs two keys, and this answer has one".to_string(),
                _ => format!("a heat map needs two keys, and this answer has {keys}"),
            };
            return Err(Unfit::Shape(words));
        }
    };
    let (lines, places) =
        (gather::places(value, &answer.periods, &down), gather::places(value, &answer.periods, &across));
    let most = if across == Way::Periods { ACROSS } else { SIDE };
    if lines.len() > SIDE.max(if down == Way::Periods { ACROSS } else { 0 }) || places.len() > most {
        let words = format!("a heat map of {} by {} is too large", lines.len(), places.len());
        // The last key that is no period goes across, or down where periods go across.
        let (last, other) = if answer.periods.is_empty() { (&places, lines.len()) } else { (&lines, 0) };
        return Err(Unfit::TooMany(words, (last.len() > SIDE && other <= SIDE).then_some(20)));
    }
    let mut series = Vec::new();
    for line in &lines {
        let is_of_it = |row: &Row| gather::label(value, row, &down) == line.label;
        series.push(group.series(0, line.label.clone(), 0, (&places, &across), is_of_it));
    }
    Ok(panel(group, String::new(), places, series, false))
}
