//! Who exports what with comparative advantage, as a matrix of zeros and ones, and what follows from it alone. In: amounts
//! of reporters and products. Out: complexities, proximities, densities; knows no names and no periods.

/// The advantages of each reporter: the places of its products, in order.
#[derive(Clone, Debug, Default)]
pub(super) struct Matrix {
    has: Vec<Vec<usize>>,
    /// Of each product, how many reporters have it.
    pub ubiquity: Vec<usize>,
}

/// Complexities of reporters and of products; nothing where there is no advantage.
#[derive(Clone, Debug, Default)]
pub(super) struct Complexities {
    pub reporters: Vec<Option<f64>>,
    pub products: Vec<Option<f64>>,
}

/// Rows are orthogonal when their cosine is below this.
const ORTHOGONAL: f64 = 1e-15;
/// So many passes over all pairs are enough for any matrix.
const PASSES: usize = 60;

impl Matrix {
    /// From amounts: an advantage is a share in the exports of a reporter that is not below that in all exports.
    pub(super) fn of(amounts: &[Vec<f64>]) -> Matrix {
        let width = amounts.iter().map(Vec::len).max().unwrap_or(0);
        let mut products = vec![0.0; width];
        for row in amounts {
            products.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
        }
        let world: f64 = products.iter().sum();
        let mut out = Matrix { has: Vec::new(), ubiquity: vec![0; width] };
        for row in amounts {
            let own: f64 = row.iter().sum();
            let advantage = |x: f64, all: f64| x > 0.0 && own > 0.0 && (x / own) / (all / world) >= 1.0;
            let places = row.iter().zip(&products).enumerate().filter(|(_, (x, all))| advantage(**x, **all));
            let has: Vec<usize> = places.map(|(k, _)| k).collect();
            has.iter().for_each(|k| {
                if let Some(n) = out.ubiquity.get_mut(*k) {
                    *n += 1;
                }
            });
            out.has.push(has);
        }
        out
    }

    /// How many products each reporter has.
    pub(super) fn diversity(&self) -> Vec<usize> {
        self.has.iter().map(Vec::len).collect()
    }

    fn ubiquity_of(&self, product: usize) -> f64 {
        self.ubiquity.get(product).copied().unwrap_or(0) as f64
    }

    /// The reporters of each part that shares no product with another.
    pub(super) fn parts(&self) -> Vec<Vec<usize>> {
        let mut part_of_product: Vec<Option<usize>> = vec![None; self.ubiquity.len()];
        let mut parts: Vec<Vec<usize>> = Vec::new();
        for (reporter, has) in self.has.iter().enumerate().filter(|(_, has)| !has.is_empty()) {
            let mut met: Vec<usize> = has.iter().filter_map(|k| part_of_product.get(*k).copied().flatten()).collect();
            met.sort_unstable();
            met.dedup();
            let home = met.first().copied().unwrap_or(parts.len());
            if home == parts.len() {
                parts.push(Vec::new());
            }
            for other in met.iter().skip(1) {
                let moved = parts.get_mut(*other).map(std::mem::take).unwrap_or_default();
                if let Some(part) = parts.get_mut(home) {
                    part.extend(moved);
                }
                part_of_product.iter_mut().filter(|p| **p == Some(*other)).for_each(|p| *p = Some(home));
            }
            if let Some(part) = parts.get_mut(home) {
                part.push(reporter);
            }
            for k in has {
                if let Some(slot) = part_of_product.get_mut(*k) {
                    *slot = Some(home);
                }
            }
        }
        parts.retain(|p| !p.is_empty());
        parts
    }

    /// For each product the mean of what its reporters have.
    fn to_products(&self, of_reporters: &[f64]) -> Vec<f64> {
        let mut sums = vec![0.0; self.ubiquity.len()];
        for (has, x) in self.has.iter().zip(of_reporters) {
            has.iter().for_each(|k| {
                if let Some(sum) = sums.get_mut(*k) {
                    *sum += x;
                }
            });
        }
        (0..).zip(sums).map(|(k, sum)| sum / self.ubiquity_of(k).max(1.0)).collect()
    }

    /// For each reporter the mean of what its products have.
    fn to_reporters(&self, of_products: &[f64]) -> Vec<f64> {
        let mean = |has: &Vec<usize>| {
            let sum: f64 = has.iter().filter_map(|k| of_products.get(*k)).sum();
            sum / has.len().max(1) as f64
        };
        self.has.iter().map(mean).collect()
    }

    /// The second eigenvectors, of which the first are constant: for reporters with mean 0 and standard deviation 1 (of
    /// all, not of a sample), for products on the same scale, so that a reporter's is the mean of its products'.
    pub(super) fn complexities(&self) -> Option<Complexities> {
        let rows = self.scaled();
        let mut second = second_left(rows)?;
        // From the symmetric form to means.
        for (x, has) in second.iter_mut().zip(&self.has) {
            *x /= (has.len().max(1) as f64).sqrt();
        }
        let products = self.to_products(&second);
        let reporters = self.to_reporters(&products);
        let there: Vec<(f64, f64)> =
            reporters.iter().zip(&self.has).filter(|(_, h)| !h.is_empty()).map(|(x, h)| (*x, h.len() as f64)).collect();
        let n = there.len() as f64;
        let mean = there.iter().map(|(x, _)| x).sum::<f64>() / n;
        let spread = (there.iter().map(|(x, _)| (x - mean).powi(2)).sum::<f64>() / n).sqrt();
        let diversity = there.iter().map(|(_, d)| d).sum::<f64>() / n;
        let together: f64 = there.iter().map(|(x, d)| (x - mean) * (d - diversity)).sum();
        if spread.is_nan() || spread <= 1e-9 {
            return None;
        }
        // Where diversity does not tell the sign, the first that differs from the mean is above it.
        let told = together.abs() > 1e-9 * n * spread;
        let first = there.iter().map(|(x, _)| x - mean).find(|x| x.abs() > 1e-9 * spread).unwrap_or(1.0);
        let sign = if told { together.signum() } else { first.signum() };
        // What is left of sums that cancel out is nothing.
        let scaled = |x: f64| Some(sign * (x - mean) / spread).filter(|z| z.abs() > 1e-12).unwrap_or(0.0);
        let some = |there: bool, x: &f64| there.then(|| scaled(*x));
        Some(Complexities {
            reporters: reporters.iter().zip(&self.has).map(|(x, h)| some(!h.is_empty(), x)).collect(),
            products: products.iter().zip(&self.ubiquity).map(|(x, u)| some(*u > 0, x)).collect(),
        })
    }

    /// The matrix with each one divided by the roots of diversity and ubiquity.
    fn scaled(&self) -> Vec<Vec<f64>> {
        let row = |has: &Vec<usize>| {
            let mut row = vec![0.0; self.ubiquity.len()];
            for k in has {
                if let Some(slot) = row.get_mut(*k) {
                    *slot = 1.0 / (has.len() as f64 * self.ubiquity_of(*k)).sqrt();
                }
            }
            row
        };
        self.has.iter().map(row).collect()
    }

    /// How many reporters have both of two products, for all pairs.
    fn together(&self) -> Vec<Vec<u32>> {
        let width = self.ubiquity.len();
        let mut out = vec![vec![0; width]; width];
        for has in &self.has {
            for k in has {
                let Some(row) = out.get_mut(*k) else { continue };
                has.iter().for_each(|l| {
                    if let Some(n) = row.get_mut(*l) {
                        *n += 1;
                    }
                });
            }
        }
        out
    }

    /// The smaller of the two chances that who has one product has the other; nothing where nobody has one of them.
    pub(super) fn proximities(&self) -> Vec<Vec<Option<f64>>> {
        let of = |(k, row): (usize, Vec<u32>)| {
            let near = |(l, both): (usize, u32)| {
                let (u, v) = (self.ubiquity_of(k), self.ubiquity_of(l));
                (u > 0.0 && v > 0.0).then(|| f64::from(both) / u.max(v))
            };
            row.into_iter().enumerate().map(near).collect()
        };
        self.together().into_iter().enumerate().map(of).collect()
    }

    /// Of each reporter, for each product: the part of the proximities to all products that lies with what it has.
    pub(super) fn densities(&self) -> Vec<Vec<Option<f64>>> {
        let near = self.proximities();
        let of = |has: &Vec<usize>| -> Vec<Option<f64>> {
            let one = |row: &Vec<Option<f64>>| {
                let all: f64 = row.iter().flatten().sum();
                let own: f64 = has.iter().filter_map(|l| row.get(*l).copied().flatten()).sum();
                (all > 0.0).then(|| own / all)
            };
            near.iter().map(one).collect()
        };
        self.has.iter().map(of).collect()
    }
}

/// The second left singular vector of a matrix: rows are turned in pairs until all are orthogonal (one-sided Jacobi).
fn second_left(mut rows: Vec<Vec<f64>>) -> Option<Vec<f64>> {
    let n = rows.len();
    // Row i of the turned matrix is the sum of turns[i][j] times row j.
    let mut turns: Vec<Vec<f64>> = (0..n).map(|i| (0..n).map(|j| f64::from(u8::from(i == j))).collect()).collect();
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(x, y)| x * y).sum::<f64>();
    for _ in 0..PASSES {
        let mut turned = false;
        for i in 0..n {
            for j in i + 1..n {
                let (Some((a, b)), Some((s, t))) = (pair(&mut rows, i, j), pair(&mut turns, i, j)) else { continue };
                let (aa, bb, ab) = (dot(a, a), dot(b, b), dot(a, b));
                if ab.abs() <= ORTHOGONAL * (aa * bb).sqrt() || ab == 0.0 {
                    continue;
                }
                turned = true;
                let half = (bb - aa) / (2.0 * ab);
                let tangent = half.signum() / (half.abs() + half.hypot(1.0));
                let tangent = if half == 0.0 { 1.0 } else { tangent };
                let cosine = 1.0 / tangent.hypot(1.0);
                turn(a, b, cosine, cosine * tangent);
                turn(s, t, cosine, cosine * tangent);
            }
        }
        if !turned {
            break;
        }
    }
    let mut order: Vec<(f64, usize)> = rows.iter().enumerate().map(|(i, r)| (dot(r, r), i)).collect();
    order.sort_by(|a, b| b.0.total_cmp(&a.0));
    let (size, place) = order.get(1)?;
    if *size <= 1e-18 {
        return None;
    }
    turns.get(*place).cloned()
}

/// Two different rows.
fn pair<T>(rows: &mut [Vec<T>], i: usize, j: usize) -> Option<(&mut [T], &mut [T])> {
    let (before, after) = rows.split_at_mut_checked(j)?;
    Some((before.get_mut(i)?.as_mut_slice(), after.first_mut()?.as_mut_slice()))
}

fn turn(a: &mut [f64], b: &mut [f64], cosine: f64, sine: f64) {
    for (x, y) in a.iter_mut().zip(b) {
        (*x, *y) = (cosine * *x - sine * *y, sine * *x + cosine * *y);
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::indexing_slicing)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_share_no_product_are_told_apart() {
        let joined = Matrix { has: vec![vec![0], vec![1], vec![0, 1], vec![2]], ubiquity: vec![2, 2, 1] };
        let mut parts = joined.parts();
        parts.iter_mut().for_each(|p| p.sort_unstable());
        assert_eq!(parts, [vec![0, 1, 2], vec![3]]);
    }

    /// Of [[3, 0], [0, 2], [0, 0]] turned by any rotation of rows the second singular vector is that of 2.
    #[test]
    fn the_second_singular_vector_is_found() {
        let (c, s) = (0.8, 0.6);
        // rows of R * diag(3, 2), R = [[c, -s], [s, c]]
        let found = second_left(vec![vec![3.0 * c, -2.0 * s], vec![3.0 * s, 2.0 * c]]).unwrap();
        assert!((found[0].abs() - s).abs() < 1e-12 && (found[1].abs() - c).abs() < 1e-12, "{found:?}");
        assert!(found[0] * found[1] < 0.0);
    }
}
