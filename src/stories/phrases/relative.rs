//! Times in English that are told from others: `a year earlier`, `the same month of 2022`, `so far this year`.

use super::{Phrase, Reader, Year};

/// What is told by another time.
pub(super) fn read(r: &mut Reader) -> Option<Phrase> {
    let table: [(&[&str], Phrase); 9] = [
        (
            &[
                "so far this year",
                "year to date",
                "year-to-date",
                "since January",
                "this year to date",
                "to date this year",
                "cumulatively",
                "since the start of the year",
                "since the beginning of the year",
                "thus far this year",
                "this year so far",
            ],
            Phrase::YearToDate,
        ),
        (
            &[
                "a year earlier",
                "a year ago",
                "a year before",
                "a year prior",
                "one year earlier",
                "one year ago",
                "one year before",
                "the year before",
                "the year earlier",
                "the previous year",
                "the preceding year",
                "the prior year",
                "the year-earlier period",
                "the year-ago period",
                "the year-ago month",
                "the same month a year before",
                "year-earlier",
                "year-ago",
                "the corresponding period last year",
                "the corresponding month last year",
                "the corresponding period of last year",
                "the corresponding month of last year",
                "last year's level",
                "twelve months earlier",
                "12 months earlier",
                "a year previously",
                "previous year",
                "the previous year's",
                "the preceding year's",
                "the prior year's",
                "the year before's",
                "a year earlier's",
            ],
            Phrase::YearBefore,
        ),
        (
            &[
                "the previous month's",
                "the preceding month's",
                "the prior month's",
                "the previous month",
                "the preceding month",
                "the month before",
                "a month earlier",
                "a month ago",
                "a month before",
                "one month earlier",
                "the prior month",
                "previous month",
                "one month before",
                "preceding month",
            ],
            Phrase::MonthBefore,
        ),
        (
            &[
                "the previous quarter",
                "the preceding quarter",
                "the quarter before",
                "a quarter earlier",
                "the prior quarter",
                "previous quarter",
                "the previous three months",
                "the three months before",
            ],
            Phrase::QuarterBefore,
        ),
        (&["last month"], Phrase::LastMonth),
        (&["this month"], Phrase::ThisMonth),
        (&["last quarter"], Phrase::LastQuarter),
        (
            &[
                "in the month",
                "in the period",
                "for the month",
                "during the month",
                "over the period",
                "in the reporting period",
            ],
            Phrase::InTheMonth,
        ),
        (
            &["this fiscal year", "this fiscal", "the current fiscal year", "the current fiscal"],
            Phrase::Fiscal(Year::Unsaid, 1, 12),
        ),
    ];
    for (words, phrase) in table {
        if r.any(words) {
            let _ = r.any(&["'s", "’s"]);
            return Some(phrase);
        }
    }
    if r.any(&["the same", "the corresponding", "the equivalent", "the comparable", "that same"]) {
        let _ = r.any(&[
            "month",
            "period",
            "time",
            "quarter",
            "months",
            "days",
            "span",
            "two months",
            "three months",
            "four months",
            "five months",
            "six months",
            "seven months",
            "eight months",
            "nine months",
            "ten months",
            "10 months",
            "11 months",
            "eleven months",
            "half",
        ]);
        let _ = r.any(&["of", "in"]);
        return match () {
            () if r.any(&[
                "last year",
                "the previous year",
                "a year earlier",
                "a year ago",
                "the year before",
                "a year before",
                "the preceding year",
                "the prior year",
                "the year earlier",
                "previous year",
            ]) =>
            {
                Some(Phrase::YearBefore)
            }
            () => r.year().map(|year| Phrase::SameIn(Year::Is(year))),
        };
    }
    if r.any(&["the full year", "the whole year", "the year as a whole", "the whole of the year"]) {
        return match r.of_year() {
            Year::Unsaid => Some(Phrase::Year(Year::Unsaid)),
            year => Some(Phrase::Year(year)),
        };
    }
    if r.any(&["last year", "last year's"]) {
        return Some(Phrase::Year(Year::Back(-1)));
    }
    if r.any(&["this year", "this year's", "the current year"]) {
        return Some(Phrase::Year(Year::Back(0)));
    }
    None
}
