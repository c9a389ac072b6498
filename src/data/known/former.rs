//! Codes that UN Comtrade used for countries before their present one. In: a number. Out: the country that has another
//! code now, or the country within its borders of then, which is another in a file that has both.

/// Older numbers of countries within their borders of now.
const OLDER: &[(u32, &str)] = &[(381, "ITA"), (579, "NOR"), (841, "USA"), (251, "FRA"), (357, "IND")];

/// Numbers of countries before a change of borders: another country where the file also has the present one.
const BEFORE: &[(u32, &str)] =
    &[(230, "ETH"), (280, "DEU"), (588, "PAK"), (590, "PAN"), (736, "SDN"), (866, "VNM"), (886, "YEM")];

/// The country of an older number.
pub fn renumbered(number: u32) -> Option<&'static str> {
    OLDER.iter().find(|(n, _)| *n == number).map(|(_, iso3)| *iso3)
}

/// The country that a number stood for before its borders changed.
pub fn before(number: u32) -> Option<&'static str> {
    BEFORE.iter().find(|(n, _)| *n == number).map(|(_, iso3)| *iso3)
}
