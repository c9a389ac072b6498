//! Plain decimals as text: digits, at most one point, perhaps a minus. In and out: such texts.

/// With a digit before the point and none missing behind it.
pub(super) fn tidy(plain: &str) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |d| ("-", d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let whole = if whole.is_empty() { "0" } else { whole };
    let kept = whole.trim_start_matches('0');
    let whole = if kept.is_empty() { "0" } else { kept };
    if fraction.is_empty() { format!("{sign}{whole}") } else { format!("{sign}{whole}.{fraction}") }
}

/// A plain decimal with its point moved to the right.
pub(super) fn shifted(plain: &str, by: i32) -> String {
    let (sign, digits) = plain.strip_prefix('-').map_or(("", plain), |d| ("-", d));
    let (whole, fraction) = digits.split_once('.').unwrap_or((digits, ""));
    let all = format!("{whole}{fraction}");
    let point = i32::try_from(whole.len()).unwrap_or(0) + by;
    let Ok(point) = usize::try_from(point) else {
        return format!("{sign}0.{}{all}", "0".repeat(point.unsigned_abs() as usize));
    };
    if point >= all.len() {
        return format!("{sign}{all}{}", "0".repeat(point - all.len()));
    }
    let (a, b) = all.split_at(point);
    format!("{sign}{}.{b}", if a.is_empty() { "0" } else { a })
}
