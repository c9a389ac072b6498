//! Days, and the calendar above them. Proleptic Gregorian; a day is counted from 1970-01-01.
//! Civil-day arithmetic after H. Hinnant, "chrono-compatible low-level date algorithms".

/// A day, counted from 1970-01-01.
pub type Day = i32;

/// The day of a date; `None` if there is no such date in the years 1000 to 2999.
pub fn day_of(year: i32, month: u32, day: u32) -> Option<Day> {
    if !(1000..=2999).contains(&year) || !(1..=12).contains(&month) || day < 1 || day > days_in_month(year, month) {
        return None;
    }
    Some(days_from_civil(year, month, day))
}

fn days_from_civil(year: i32, month: u32, day: u32) -> Day {
    let y = if month <= 2 { year - 1 } else { year };
    let era = y.div_euclid(400);
    let yoe = y.rem_euclid(400);
    let shifted = (month as i32 + 9) % 12;
    let doy = (153 * shifted + 2) / 5 + day as i32 - 1;
    let doe = yoe * 365 + yoe / 4 - yoe / 100 + doy;
    era * 146_097 + doe - 719_468
}

/// Year, month and day of a day.
pub fn date_of(day: Day) -> (i32, u32, u32) {
    let z = day + 719_468;
    let era = z.div_euclid(146_097);
    let doe = z.rem_euclid(146_097);
    let yoe = (doe - doe / 1460 + doe / 36_524 - doe / 146_096) / 365;
    let doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
    let mp = (5 * doy + 2) / 153;
    let d = doy - (153 * mp + 2) / 5 + 1;
    let m = if mp < 10 { mp + 3 } else { mp - 9 };
    let y = yoe + era * 400 + i32::from(m <= 2);
    (y, m.unsigned_abs(), d.unsigned_abs())
}

/// How many days the month has.
pub fn days_in_month(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

/// Monday = 0 … Sunday = 6.
pub fn weekday(day: Day) -> i32 {
    (day + 3).rem_euclid(7)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_and_dates_are_inverse_and_known_days_are_right() {
        assert_eq!(day_of(1970, 1, 1), Some(0));
        assert_eq!(day_of(2000, 3, 1), Some(11_017)); // 30 years x 365 + 7 leap days + 31 + 29
        assert_eq!(day_of(2023, 2, 29), None);
        for d in (-300_000..300_000).step_by(17) {
            let (y, m, day) = date_of(d);
            assert_eq!(days_from_civil(y, m, day), d);
        }
        assert_eq!(weekday(0), 3); // 1970-01-01 was a Thursday
    }
}
