//! Words for time in Chinese: `2023年上半年`, `今年前8个月`, `1至11月`, `去年同期`.

use super::{Phrase, Reader, Year};

/// A number written with a sign: 一 to 十二 are at most two of them; only the first is told here.
pub(super) fn digit(sign: &str) -> Option<u32> {
    const SIGNS: [&str; 10] = ["一", "二", "三", "四", "五", "六", "七", "八", "九", "十"];
    if sign == "两" {
        return Some(2);
    }
    SIGNS.iter().position(|s| *s == sign).and_then(|i| u32::try_from(i + 1).ok())
}

/// Takes these signs, if they come next.
fn signs(r: &mut Reader, text: &str) -> bool {
    let mut count = 0;
    for c in text.chars() {
        if !r.piece(count).is_some_and(|p| p.text.chars().eq([c])) {
            return false;
        }
        count += 1;
    }
    r.at += count;
    true
}

fn any(r: &mut Reader, all: &[&str]) -> bool {
    all.iter().any(|text| signs(r, text))
}

/// A number up to twelve in digits or signs.
fn number(r: &mut Reader) -> Option<u32> {
    let first = r.number(1, 31)?;
    if first == 10
        && let Some(second) = r.number(1, 2)
    {
        return Some(10 + second);
    }
    Some(first)
}

/// The time that begins here.
pub(super) fn read(r: &mut Reader) -> Option<Phrase> {
    let start = r.at;
    if any(r, &["去年同期", "上年同期", "上一年同期", "去年同月", "上年同月", "前一年同期"]) {
        return Some(Phrase::YearBefore);
    }
    if any(r, &["上月", "上个月", "前月", "前一个月"]) {
        return Some(Phrase::MonthBefore);
    }
    if any(r, &["上季度", "上一季度", "前一季度"]) {
        return Some(Phrase::QuarterBefore);
    }
    if any(r, &["当月", "单月", "本月"]) {
        return Some(Phrase::InTheMonth);
    }
    if any(r, &["今年以来", "年初以来", "年初至今"]) {
        return Some(Phrase::YearToDate);
    }
    let year = year(r);
    let said = r.at != start;
    if any(r, &["同期", "同月"]) {
        return match year {
            Year::Is(_) => Some(Phrase::SameIn(year)),
            Year::Back(_) => Some(Phrase::YearBefore),
            Year::Unsaid => None,
        };
    }
    let here = r.at;
    if let Some(phrase) = part(r, year) {
        return Some(phrase);
    }
    r.at = here;
    if said {
        let _ = any(r, &["全年", "度"]);
        return Some(Phrase::Year(year));
    }
    signs(r, "全年").then_some(Phrase::Year(Year::Unsaid))
}

fn year(r: &mut Reader) -> Year {
    let back = r.at;
    if any(r, &["今年", "本年"]) {
        return Year::Back(0);
    }
    if any(r, &["去年", "上年"]) {
        return Year::Back(-1);
    }
    if let Some(year) = r.year()
        && signs(r, "年")
    {
        return Year::Is(year);
    }
    r.at = back;
    Year::Unsaid
}

/// The part of a year.
fn part(r: &mut Reader, year: Year) -> Option<Phrase> {
    let back = r.at;
    if signs(r, "上半年") {
        return Some(Phrase::Months(year, 1, 6));
    }
    if signs(r, "下半年") {
        return Some(Phrase::Months(year, 7, 12));
    }
    if any(r, &["前三季度", "前3季度", "头三季度"]) {
        return Some(Phrase::Months(year, 1, 9));
    }
    if any(r, &["前两季度"]) {
        return Some(Phrase::Months(year, 1, 6));
    }
    if any(r, &["前", "头"]) {
        let last = number(r).filter(|n| (2..=12).contains(n))?;
        let _ = signs(r, "个");
        return signs(r, "月").then_some(Phrase::Months(year, 1, last));
    }
    let ordinal = signs(r, "第");
    let Some(first) = number(r) else {
        r.at = back;
        return None;
    };
    if any(r, &["季度", "季"]) && first <= 4 {
        return Some(Phrase::Quarter(year, first));
    }
    if ordinal || first > 12 {
        return None;
    }
    if any(r, &["至", "-", "—", "－", "~", "～", "到", "–"]) {
        let last = number(r).filter(|n| *n <= 12)?;
        let _ = signs(r, "月份") || signs(r, "月");
        return r.piece(0).is_some_and(|_| true).then_some(Phrase::Months(year, first, last)).filter(|_| first <= last);
    }
    if any(r, &["月份", "月"]) {
        let here = r.at;
        if let Some(day) = r.number(1, 31)
            && signs(r, "日")
        {
            let after = r.at;
            if any(r, &["至", "-", "到", "—"])
                && let Some(last) = r.number(1, 31)
                && signs(r, "日")
            {
                return Some(Phrase::Days(year, first, day, last));
            }
            r.at = after;
            return Some(Phrase::Days(year, first, day, day));
        }
        r.at = here;
        // `1月至11月`, `1月、2月` is left alone.
        if any(r, &["至", "-", "到", "—"])
            && let Some(last) = number(r)
            && any(r, &["月份", "月"])
        {
            return Some(Phrase::Months(year, first, last));
        }
        r.at = here;
        return Some(Phrase::Months(year, first, first));
    }
    None
}
