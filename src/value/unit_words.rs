//! The words of units and scales as offices write them, in Latin letters, signs and Chinese: the one table of them. In: a
//! text such as `US$ Thousand`, `万美元`, `$bn`, `USD per tonne`. Out: a unit, if every word of it is known. Nothing is
//! guessed: a text that says a scale alone, or two currencies, is no unit.

/// Words for powers of ten.
pub(super) const SCALES: &[(&str, i32)] = &[
    ("hundred", 2),
    ("hundreds", 2),
    ("thousand", 3),
    ("thousands", 3),
    ("ths", 3),
    ("thsd", 3),
    ("thous", 3),
    ("tsd", 3),
    ("lakh", 5),
    ("lakhs", 5),
    ("mil", 6),
    ("mill", 6),
    ("mio", 6),
    ("mln", 6),
    ("million", 6),
    ("millions", 6),
    ("mn", 6),
    ("mm", 6),
    ("crore", 7),
    ("crores", 7),
    ("bil", 9),
    ("bln", 9),
    ("billion", 9),
    ("billions", 9),
    ("bn", 9),
    ("mrd", 9),
    ("trillion", 12),
    ("trillions", 12),
    ("trn", 12),
    ("tn", 12),
    ("万亿", 12),
    ("十亿", 9),
    ("亿", 8),
    ("千万", 7),
    ("百万", 6),
    ("十万", 5),
    ("万", 4),
    ("千", 3),
];

/// Words for what is counted, and the words of the language.
pub(super) const BASES: &[(&str, &str)] = &[
    ("us$", "USD"),
    ("usd", "USD"),
    ("$", "USD"),
    ("dollar", "USD"),
    ("dollars", "USD"),
    ("cny", "CNY"),
    ("rmb", "CNY"),
    ("yuan", "CNY"),
    ("renminbi", "CNY"),
    ("eur", "EUR"),
    ("euro", "EUR"),
    ("euros", "EUR"),
    ("€", "EUR"),
    ("£", "GBP"),
    ("yen", "JPY"),
    ("₩", "KRW"),
    ("₹", "INR"),
    ("r$", "BRL"),
    ("kg", "kg"),
    ("kgs", "kg"),
    ("kilogram", "kg"),
    ("kilograms", "kg"),
    ("kilogramme", "kg"),
    ("kilogrammes", "kg"),
    ("tonne", "tonne"),
    ("tonnes", "tonne"),
    ("t", "tonne"),
    ("piece", "piece"),
    ("pieces", "piece"),
    ("pcs", "piece"),
    ("person", "person"),
    ("persons", "person"),
    ("people", "person"),
    ("teu", "TEU"),
    ("pair", "pair"),
    ("pairs", "pair"),
    ("set", "set"),
    ("sets", "set"),
    ("dozen", "dozen"),
    ("dozens", "dozen"),
    ("head", "head"),
    ("heads", "head"),
    ("gram", "g"),
    ("grams", "g"),
    ("m2", "m2"),
    ("m3", "m3"),
    ("km", "km"),
    ("litre", "litre"),
    ("litres", "litre"),
    ("liters", "litre"),
    ("kwh", "kWh"),
    ("mwh", "MWh"),
    ("gwh", "GWh"),
    ("carat", "carat"),
    ("carats", "carat"),
    ("%", "%"),
    ("percent", "%"),
    ("percentage", "%"),
    ("pct", "%"),
    ("pc", "%"),
    ("元人民币", "CNY"),
    ("人民币元", "CNY"),
    ("人民币", "CNY"),
    ("美元", "USD"),
    ("欧元", "EUR"),
    ("日元", "JPY"),
    ("港元", "HKD"),
    ("英镑", "GBP"),
    ("元", "CNY"),
    ("公斤", "kg"),
    ("千克", "kg"),
    ("吨", "tonne"),
    ("个", "piece"),
    ("台", "piece"),
    ("人", "person"),
];

/// The scale that a word names.
pub fn scale(word: &str) -> Option<i32> {
    SCALES.iter().find(|(w, _)| *w == word).map(|(_, power)| *power)
}

/// What a word counts, in the words of the language.
pub fn base(word: &str) -> Option<&'static str> {
    BASES.iter().find(|(w, _)| *w == word).map(|(_, base)| *base)
}

/// The scale and what is counted of a word in Chinese, the scale in front: 亿元, 万美元.
pub(super) fn chinese(word: &str) -> Option<(i32, &'static str)> {
    if word.is_ascii() {
        return None;
    }
    let whole = base(word).map(|base| (0, base));
    let of_scale = |(scale, power): &(&str, i32)| Some((*power, base(word.strip_prefix(scale)?)?));
    whole.or_else(|| SCALES.iter().filter(|(w, _)| !w.is_ascii()).find_map(of_scale))
}
