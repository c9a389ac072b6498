//! What is settled when the subjects and times of figures are known: units, quantities, bases, signs, currencies, and what
//! is missing. In: figures. Out: the same, complete.

use super::amounts;
use super::figure::{Figure, Measure, Open, Role, Source, Subject};
use super::roles;
use super::view::View;
use super::words::{Class, Comparison, Flow, Joint};
use rustc_hash::FxHashMap;

/// What is counted without a unit takes that of the figure before.
pub(super) fn units(view: &View, figures: &mut [Figure], first: usize) {
    let mut last: Option<Measure> = None;
    let measured: Vec<(usize, Measure)> =
        (first..figures.len()).filter_map(|f| figures.get(f).map(|g| (f, g.measure))).collect();
    for i in 0..view.items.len() {
        // `In yuan, exports rose to 1.62 trillion`
        if let Some(Class::Money(code)) = view.class(i) {
            last = Some(Measure::Money(code));
        }
        let Some(f) = view.figure(i) else { continue };
        let noun = view.word(i + 1).ends_with('s') && view.word(i + 1).len() > 3;
        let Some(figure) = figures.get_mut(f).filter(|_| f >= first) else { continue };
        if figure.measure == Measure::Unsaid && matches!(figure.role, Role::Level | Role::Change) {
            match next_unit(view, i, &measured).or(last) {
                _ if noun => figure.measure = Measure::Count("piece"),
                Some(measure) => figure.measure = measure,
                None => figure.unresolved.push(("unit", "an amount without its unit".into())),
            }
        }
        if matches!(figure.measure, Measure::Money(_) | Measure::Count(_)) {
            last = Some(figure.measure);
        }
    }
}

/// The unit of the last of a list: `3.36 trillion, 2.72 trillion and 2.29 trillion yuan`.
fn next_unit(view: &View, i: usize, measured: &[(usize, Measure)]) -> Option<Measure> {
    let mut at = i + 1;
    while at < i + 12 {
        if let Some(f) = view.figure(at) {
            let measure = measured.iter().find(|(n, _)| *n == f).map(|(_, m)| *m)?;
            match measure {
                Measure::Money(_) | Measure::Count(_) => return Some(measure),
                Measure::Unsaid => {}
                _ => return None,
            }
        } else if !(view.comma(at) || view.is_joint(at, Joint::And) || view.is_joint(at, Joint::To)) {
            return None;
        }
        at += 1;
    }
    None
}

/// Whether growths are of quantities: as the level beside is.
pub(super) fn measures(view: &View, figures: &mut [Figure], first: usize) {
    let mut quantity = false;
    let mut unit: Option<Measure> = None;
    let in_volume = (0..view.items.len()).find(|i| view.class(*i) == Some(Class::Basis("quantity")));
    let order: Vec<bool> =
        figures.iter().skip(first).filter(|f| f.role == Role::Level && !f.bracketed).map(Figure::is_quantity).collect();
    let both = order.windows(2).any(|w| w.first() != w.last());
    let respectively = (0..view.items.len()).any(|i| view.class(i) == Some(Class::Respectively));
    let growths: Vec<usize> =
        (first..figures.len()).filter(|f| figures.get(*f).is_some_and(|f| f.role == Role::Growth)).collect();
    for i in 0..view.items.len() {
        let Some(f) = view.figure(i) else { continue };
        let group = figures.get(f).map(|f| f.group);
        let next = figures
            .iter()
            .skip(f + 1)
            .find(|l| l.role == Role::Level && Some(l.group) == group)
            .map(Figure::is_quantity);
        let next_unit =
            figures.iter().skip(f + 1).find(|l| l.role == Role::Level && Some(l.group) == group).map(|l| l.measure);
        let earlier = figures
            .iter()
            .skip(first)
            .take(f.saturating_sub(first))
            .any(|l| l.role == Role::Level && Some(l.group) == group);
        let Some(figure) = figures.get_mut(f) else { continue };
        match figure.role {
            Role::Level | Role::Change => {
                quantity = figure.is_quantity();
                unit = Some(figure.measure);
            }
            _ => {
                figure.of_unit = unit.filter(|_| earlier).or(next_unit);
                let listed = both && respectively && growths.len() == 2 && growths.contains(&f);
                // `down 3.6 percent in volume but up 9.1 percent in value`
                let behind = match view.class(i + 1) {
                    Some(Class::Basis("quantity")) => Some(true),
                    Some(Class::Basis("nominal")) => Some(false),
                    _ => None,
                };
                let own = if let Some(behind) = behind {
                    behind
                } else if listed {
                    order.get(usize::from(growths.last() == Some(&f))).copied().unwrap_or(false)
                } else if !earlier {
                    next.unwrap_or(false)
                } else {
                    quantity
                };
                if own || behind.is_none() && in_volume.is_some_and(|v| v < i && i < v + 12) && !both {
                    figure.modifiers.push("quantity");
                }
            }
        }
    }
}

/// Whether figures are adjusted, real, expected, or no longer so.
pub(super) fn bases(view: &View, figures: &mut [Figure], first: usize, adjusted: &mut bool) {
    let mut basis = adjusted.then_some("sa");
    for i in 0..view.items.len() {
        if let Some(Class::Basis(word)) = view.class(i) {
            match word {
                "sa" => {
                    *adjusted = true;
                    basis = Some("sa");
                    figures.iter_mut().skip(first).for_each(|f| f.basis = f.basis.or(Some("sa")));
                }
                "real" => basis = Some("real"),
                "nominal" => basis = adjusted.then_some("sa"),
                _ => {}
            }
        }
        if let Some(f) = view.figure(i)
            && let Some(figure) = figures.get_mut(f)
        {
            figure.basis = basis.or(figure.basis);
        }
    }
    for i in 0..view.items.len() {
        let word = match view.class(i) {
            // `expected in a poll` is said once.
            Some(Class::Forecast)
                if view.is_word(i, &["poll"])
                    && (i.saturating_sub(4)..i).any(|t| view.class(t) == Some(Class::Forecast)) =>
            {
                continue;
            }
            Some(Class::Forecast) => "forecast",
            Some(Class::Superseded) => "superseded",
            _ => continue,
        };
        for f in left_out(view, i) {
            if let Some(figure) = figures.get_mut(f) {
                figure.basis = Some(word);
            }
        }
    }
}

/// The figures of which a word says that they are expected.
fn left_out(view: &View, i: usize) -> Vec<usize> {
    let n = view.items.len();
    if view.is_word(i, &["will", "should"]) {
        return (i + 1..n).filter_map(|t| view.figure(t)).collect();
    }
    let last = !(i + 1..n)
        .any(|t| view.figure(t).is_some() || matches!(view.item(t), Some(amounts::Item::Known(Class::Flow(_)))));
    if last && view.is_word(i, &["forecasts", "expects", "projects", "predicted", "projected"]) && i + 3 > n {
        return (0..i).filter_map(|t| view.figure(t)).collect();
    }
    // `an expected $73.8 billion and $80.6 billion in July`
    if let Some(f) = view.figure(i + 1) {
        return vec![f];
    }
    // `the 7.3% growth expected in a poll`
    if view.is_word(i, &["expected", "forecast", "predicted", "projected", "anticipated"]) {
        let behind = (i.saturating_sub(2)..i).find(|t| view.figure(*t).is_some() && *t > 0);
        if let Some(f) = behind.filter(|t| view.is_word(t - 1, &["the"])).and_then(|t| view.figure(t)) {
            return vec![f];
        }
    }
    let mut ahead = Vec::new();
    for t in i + 1..n {
        if let Some(f) = view.figure(t) {
            ahead.push(f);
        } else if (view.comma(t) || view.semicolon(t) || view.closes(t)) && (!ahead.is_empty() || view.comma(t))
            || view.is_joint(t, Joint::Break)
            || !ahead.is_empty() && view.flow(t).is_some()
        {
            break;
        }
    }
    if !ahead.is_empty() {
        return ahead;
    }
    // `the 46.85 percent expected`.
    for t in (i.saturating_sub(6)..i).rev() {
        if let Some(f) = view.figure(t) {
            let than = (t + 1..i).any(|b| {
                matches!(view.class(b), Some(Class::Base(_) | Class::MoreThan | Class::LessThan | Class::Direction(..)))
            });
            return if than { vec![] } else { vec![f] };
        }
        if view.breaks(t) {
            break;
        }
    }
    Vec::new()
}

/// The signs of balances, growths and changes.
pub(super) fn sign(figures: &mut [Figure], first: usize, marks: &roles::Marks, signs: &mut FxHashMap<String, Flow>) {
    for f in first..figures.len() {
        let direction = marks.direction.get(f - first).copied().flatten();
        let Some(figure) = figures.get_mut(f) else { continue };
        let minus = figure.modifiers.contains(&"minus");
        let said = minus || figure.modifiers.contains(&"plus");
        figure.modifiers.retain(|m| !matches!(*m, "minus" | "plus"));
        let deficit = figure.subject.flow == Some(Flow::Deficit);
        match figure.role {
            Role::Share if figure.whole == Some("imports") && figure.subject.flow_word() != Some("balance") => {
                figure.whole = Some("total");
            }
            Role::Share if figure.whole == Some("cover") => figure.subject.flow = Some(Flow::Balance),
            Role::Level if deficit && !said => figure.value = -figure.value.abs(),
            Role::Growth | Role::ShareChange if !said => {
                let sign = direction.unwrap_or(1);
                figure.value *= f64::from(if sign == 0 { 1 } else { sign });
            }
            Role::Change => {
                if let Some(sign) = direction.filter(|_| !said) {
                    figure.value *= f64::from(if sign == 0 { 1 } else { sign });
                }
                if deficit && !said {
                    figure.value = -figure.value;
                }
            }
            _ => {}
        }
        if let Some(flow @ (Flow::Surplus | Flow::Deficit)) = figure.subject.flow {
            signs.insert(figure.subject.product.clone(), flow);
        }
    }
}

/// Where goods and services are told apart, what is told of neither is told of both.
pub(super) fn whole_of_parts(figures: &mut [Figure]) {
    let said = |f: &&Figure| f.from_subject[1] == Source::Said;
    let named = |f: &&Figure| said(f) || f.subject.product == "services" && f.from_subject[1] == Source::Beside;
    let told = |flow: Option<&str>, product: &str| {
        figures.iter().filter(named).any(|f| f.subject.product == product && f.subject.flow_word() == flow)
    };
    let is_total = |f: &&Figure| matches!(f.subject.product.as_str(), "goods" | "goods_and_services");
    // What the story tells of first by its name is what it tells of where there is none.
    let with_all = |f: &&Figure| f.subject.partner == "world";
    let both = figures
        .iter()
        .filter(said)
        .filter(with_all)
        .find(is_total)
        .is_some_and(|f| f.subject.product == "goods_and_services");
    let mut flows: Vec<Option<&'static str>> = Vec::new();
    for flow in [Some("exports"), Some("imports"), Some("trade"), Some("balance")] {
        if both || told(flow, "services") && told(flow, "goods") && !told(flow, "goods_and_services") {
            flows.push(flow);
        }
    }
    // Where one side of the balance is of both, and they fit only so, the other side and the balance are.
    let one = flows.contains(&Some("exports")) != flows.contains(&Some("imports"));
    if one && balances(figures) {
        flows = vec![Some("exports"), Some("imports"), Some("trade"), Some("balance")];
    }
    let unsaid = figures.iter_mut().filter(|f| f.from_subject[1] == Source::Default && f.subject.product == "goods");
    for figure in unsaid.filter(|f| flows.contains(&f.subject.flow_word())) {
        figure.subject.product = "goods_and_services".into();
    }
}

/// Whether exports less imports are a balance, all of them told without their product.
fn balances(figures: &[Figure]) -> bool {
    let bare = |f: &&Figure| {
        let all = f.subject.product == "goods" && f.subject.partner == "world";
        f.role == Role::Level && all && f.from_subject[1] == Source::Default
    };
    let of = |flow: &'static str| figures.iter().filter(bare).find(move |f| f.subject.flow_word() == Some(flow));
    let (Some(e), Some(m), Some(b)) = (of("exports"), of("imports"), of("balance")) else { return false };
    let alike = e.period == m.period && e.period == b.period && e.measure == m.measure && e.measure == b.measure;
    let slack = [e, m, b].iter().map(|f| f.half * 10f64.powi(f.ten)).sum::<f64>();
    alike && (e.amount() - m.amount() - b.amount()).abs() <= slack * (1.0 + 1e-9)
}

/// `The deficit with China rose to A. Exports fell to B and imports rose to C`: still with China, if B less C is A.
pub(super) fn still_with(figures: &mut [Figure], first: usize, partner: &str) {
    let bare = |f: &&Figure| f.role == Role::Level && f.from_subject[2] == Source::Default && !f.is_base;
    let of = |flow: &str| figures.iter().skip(first).filter(bare).find(|f| f.subject.flow_word() == Some(flow));
    let (Some(e), Some(m)) = (of("exports"), of("imports")) else { return };
    let fits = figures.iter().take(first).rev().take(6).any(|b| {
        let same = b.subject.partner == partner && b.period == e.period && b.measure == e.measure && !b.is_base;
        let slack = [e, m, b].iter().map(|f| f.half * 10f64.powi(f.ten)).sum::<f64>();
        same && b.role == Role::Level && (e.amount() - m.amount() - b.amount()).abs() <= slack * (1.0 + 1e-9)
    });
    if !fits {
        return;
    }
    for figure in figures.iter_mut().skip(first).filter(|f| f.from_subject[2] == Source::Default) {
        figure.subject.partner = partner.to_string();
        figure.from_subject[2] = Source::Carried(1);
    }
}

/// `exports to X were A, imports from there B. The surplus was therefore C`: with X, if A less B is C.
pub(super) fn balance_of(figures: &mut [Figure], first: usize) {
    let bare = |f: &&Figure| {
        let plain = f.role == Role::Level && f.from_subject[2] == Source::Default && !f.is_base;
        plain && f.subject.flow_word() == Some("balance") && f.subject.partner == "world"
    };
    let Some((at, b)) = figures.iter().enumerate().skip(first).find(|(_, f)| bare(f)) else { return };
    let of = |flow: &str| {
        let before = figures.iter().take(at).rev().take(6).filter(|f| f.role == Role::Level && !f.is_base);
        let mut fit = before.filter(|f| f.sentence + 1 >= b.sentence && f.subject.partner != "world");
        fit.find(|f| f.subject.flow_word() == Some(flow) && f.period == b.period && f.measure == b.measure)
    };
    let (Some(e), Some(m)) = (of("exports"), of("imports")) else { return };
    let slack = [e, m, b].iter().map(|f| f.half * 10f64.powi(f.ten)).sum::<f64>();
    let fits = (e.amount() - m.amount() - b.amount()).abs() <= slack * (1.0 + 1e-9);
    if !fits || e.subject.partner != m.subject.partner || e.subject.product != m.subject.product {
        return;
    }
    let partner = e.subject.partner.clone();
    for figure in figures.iter_mut().skip(at).filter(|f| f.subject.flow_word() == Some("balance")) {
        if figure.from_subject[2] == Source::Default {
            (figure.subject.partner, figure.from_subject[2]) = (partner.clone(), Source::Carried(1));
        }
    }
}

/// Growths before the first comparison that is told are compared in the same way.
pub(super) fn compared_alike(figures: &mut [Figure]) {
    let told = figures.iter().position(|f| f.compared && f.comparison.is_some());
    let Some((at, comparison)) = told.and_then(|t| figures.get(t).and_then(|f| f.comparison).map(|c| (t, c))) else {
        return;
    };
    let months = |p: crate::value::period::Period| p.months();
    for figure in figures.iter_mut().take(at).filter(|f| !f.compared && f.base.is_some()) {
        let Some(period) = figure.period else { continue };
        let fits = match comparison {
            Comparison::Year => true,
            Comparison::Month => months(period) == Some(1),
            Comparison::Quarter => months(period) == Some(3),
        };
        if fits {
            figure.comparison = Some(comparison);
            figure.base = super::dates::base_of(period, comparison);
        }
    }
}

/// A headline is of the time that the text behind it tells first.
pub(super) fn headline(figures: &mut [Figure]) {
    let untold = |f: &Figure| f.sentence == 1 && f.period.is_none() && f.unresolved.is_empty() && !f.is_base;
    if !figures.first().is_some_and(untold) {
        return;
    }
    let Some(next) = figures.iter().find(|f| f.sentence > 1).filter(|f| f.period.is_some()) else { return };
    let period = next.period;
    for figure in figures.iter_mut().take_while(|f| f.sentence == 1).filter(|f| untold(f)) {
        (figure.period, figure.from_period) = (period, Source::Carried(1));
    }
}

/// Whose dollar it is.
pub(super) fn currencies(figures: &mut [Figure], reporter: Option<&str>, text: &str) {
    let plain_dollars = figures.iter().any(|f| f.measure == Measure::Money("USD"))
        || text.contains("US$")
        || text.contains("USD")
        || text.contains("美元");
    let by = |kind: &str| -> Option<&'static str> {
        Some(match (kind, reporter) {
            ("?dollar", _) if plain_dollars => "USD",
            ("?dollar", Some("CAN")) => "CAD",
            ("?dollar", Some("AUS")) => "AUD",
            ("?dollar", Some("NZL")) => "NZD",
            ("?dollar", Some("HKG")) => "HKD",
            ("?dollar", Some("SGP")) => "SGD",
            ("?dollar", _) => "USD",
            ("?yen", Some("CHN")) => "CNY",
            ("?yen", Some("JPN")) => "JPY",
            ("?won", _) => "KRW",
            ("?rupee", Some("PAK")) => "PKR",
            ("?rupee", Some("LKA")) => "LKR",
            ("?rupee", Some("NPL")) => "NPR",
            ("?rupee", Some("IND")) => "INR",
            ("?shilling", Some("KEN")) => "KES",
            ("?shilling", Some("UGA")) => "UGX",
            ("?shilling", Some("TZA")) => "TZS",
            ("?krone", Some("NOR")) => "NOK",
            ("?krone", Some("SWE")) => "SEK",
            ("?krone", Some("DNK")) => "DKK",
            ("?krone", Some("CZE")) => "CZK",
            ("?peso", Some("MEX")) => "MXN",
            ("?peso", Some("PHL")) => "PHP",
            ("?peso", Some("CHL")) => "CLP",
            ("?peso", Some("COL")) => "COP",
            _ => return None,
        })
    };
    for figure in figures {
        if let Measure::Money(kind) = figure.measure
            && kind.starts_with('?')
        {
            match by(kind) {
                Some(code) => figure.measure = Measure::Money(code),
                None => {
                    figure.measure = Measure::Unsaid;
                    figure.unresolved.push(("unit", "whose currency it is, nothing tells".into()));
                }
            }
        }
    }
}

/// An amount without its scale, where others have one.
pub(super) fn refuse(figures: &mut [Figure]) {
    let scaled = figures.iter().filter(|f| matches!(f.measure, Measure::Money(_)) && f.ten >= 6).count();
    for figure in figures.iter_mut() {
        let money = matches!(figure.measure, Measure::Money(_)) && matches!(figure.role, Role::Level | Role::Change);
        if money && figure.ten == 0 && figure.value.abs() < 100_000.0 && scaled > 0 {
            figure.role = Role::Refused;
            figure.reason = Some("missing-scale");
        }
        if figure.role == Role::Refused {
            figure.open = Open::None;
        }
    }
}

/// What a figure lacks is said of it.
pub(super) fn missing(figure: &mut Figure) {
    if matches!(figure.role, Role::Other | Role::Refused) {
        return;
    }
    if figure.period.is_none() && !figure.unresolved.iter().any(|(a, _)| *a == "period") {
        figure.unresolved.push(("period", "no time is told, or one without its year and no date".into()));
    }
    if figure.subject.flow.is_none() {
        figure.unresolved.push(("flow", "no flow of trade is told".into()));
        figure.subject = Subject { flow: None, ..figure.subject.clone() };
    }
}
