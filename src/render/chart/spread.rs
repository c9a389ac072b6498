//! Texts below each other that must not overlap. In: where each would like to stand, and how much room it needs. Out:
//! where it stands.

/// Moves the places apart until each is at least `gap` from the next, all between `low` and `high` if there is room.
pub fn spread(wanted: &[f64], gap: f64, low: f64, high: f64) -> Vec<f64> {
    let mut order: Vec<(usize, f64)> = wanted.iter().copied().enumerate().collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    // Texts that touch stand together around the mean of what they want.
    let mut blocks: Vec<(f64, Vec<usize>)> = Vec::new();
    let length = |block: &(f64, Vec<usize>)| gap * f64::from(u32::try_from(block.1.len()).unwrap_or(u32::MAX));
    let fit =
        |middle: f64, length: f64| middle.min(high + gap / 2.0 - length / 2.0).max(low - gap / 2.0 + length / 2.0);
    for (at, y) in order {
        let mut block = (fit(y, gap), vec![at]);
        while let Some(last) = blocks.pop() {
            if last.0 + length(&last) / 2.0 <= block.0 - length(&block) / 2.0 + 1e-9 {
                blocks.push(last);
                break;
            }
            let (a, b) = (length(&last), length(&block));
            let middle = (last.0 * a + block.0 * b) / (a + b);
            let all = [last.1, block.1].concat();
            block = (fit(middle, a + b), all);
        }
        blocks.push(block);
    }
    let mut out = vec![0.0; wanted.len()];
    for block in blocks {
        let mut at = block.0 - length(&block) / 2.0 + gap / 2.0;
        for of in block.1 {
            out.iter_mut().skip(of).take(1).for_each(|o| *o = at);
            at += gap;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn texts_move_apart_and_stay_within() {
        assert_eq!(spread(&[10.0, 50.0], 12.0, 0.0, 100.0), [10.0, 50.0]);
        // Two at one place stand around it.
        assert_eq!(spread(&[50.0, 50.0], 12.0, 0.0, 100.0), [44.0, 56.0]);
        // At an end there is room on one side only.
        assert_eq!(spread(&[100.0, 99.0, 100.0], 10.0, 0.0, 100.0), [90.0, 80.0, 100.0]);
    }
}
