//! A reader's calculator: computes the arithmetic that `explain` prints.

/// The value of an expression of numbers, `+ - * / ^`, parentheses, `ln`, `exp`, `min`, `max`.
pub fn value(text: &str) -> Option<f64> {
    let tokens = text.replace('(', " ( ").replace(')', " ) ").replace('^', " ^ ").replace(',', " , ");
    let words: Vec<&str> = tokens.split_whitespace().collect();
    let mut at = 0;
    let x = sum(&words, &mut at)?;
    (at == words.len()).then_some(x)
}

fn sum(w: &[&str], at: &mut usize) -> Option<f64> {
    let mut x = product(w, at)?;
    while let Some(sign @ (&"+" | &"-")) = w.get(*at) {
        *at += 1;
        let y = product(w, at)?;
        x = if *sign == "+" { x + y } else { x - y };
    }
    Some(x)
}

fn product(w: &[&str], at: &mut usize) -> Option<f64> {
    let mut x = power(w, at)?;
    while let Some(sign @ (&"*" | &"/")) = w.get(*at) {
        *at += 1;
        let y = power(w, at)?;
        x = if *sign == "*" { x * y } else { x / y };
    }
    Some(x)
}

fn power(w: &[&str], at: &mut usize) -> Option<f64> {
    let x = atom(w, at)?;
    if w.get(*at) == Some(&"^") {
        *at += 1;
        return Some(x.powf(power(w, at)?));
    }
    Some(x)
}

fn atom(w: &[&str], at: &mut usize) -> Option<f64> {
    let word = *w.get(*at)?;
    *at += 1;
    if word == "-" {
        return atom(w, at).map(|x| -x);
    }
    let function = matches!(word, "ln" | "exp" | "min" | "max");
    if function {
        *at += 1;
    } else if word != "(" {
        return word.parse().ok();
    }
    let mut xs = vec![sum(w, at)?];
    while w.get(*at) == Some(&",") {
        *at += 1;
        xs.push(sum(w, at)?);
    }
    *at += 1;
    match word {
        "ln" => xs.first().map(|x| x.ln()),
        "exp" => xs.first().map(|x| x.exp()),
        "min" => xs.into_iter().reduce(f64::min),
        "max" => xs.into_iter().reduce(f64::max),
        _ => xs.first().copied(),
    }
}

#[test]
fn the_calculator_calculates() {
    assert_eq!(value("100 * (1030 / 559 - 1)").unwrap().round(), 84.0);
    assert_eq!(value("2^(1 / 2)^2"), Some(2f64.powf(0.25)));
    assert_eq!(value("(-3) + max(1, 2) * 4"), Some(5.0));
    assert_eq!(value("1 +"), None);
}
