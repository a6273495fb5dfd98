//! "Did you mean": the nearest of the names that exist.

/// The candidate that `wrong` most likely stands for, if any is near enough.
pub(crate) fn nearest<'a>(wrong: &str, candidates: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let wrong = wrong.to_ascii_lowercase().replace('-', "_");
    let allowed = (wrong.chars().count() / 3).clamp(1, 3);
    candidates
        .map(|candidate| (distance(&wrong, &candidate.to_ascii_lowercase()), candidate))
        .filter(|(distance, candidate)| *distance <= allowed || squeezed(candidate) == squeezed(&wrong))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `firstName`, `firstname` and `first_name` are the same slip of memory.
fn squeezed(name: &str) -> String {
    name.chars().filter(|char| *char != '_').map(|char| char.to_ascii_lowercase()).collect()
}

/// Edits between two names: insert, delete, replace, swap of neighbours.
fn distance(a: &str, b: &str) -> usize {
    let (a, b): (Vec<char>, Vec<char>) = (a.chars().take(64).collect(), b.chars().take(64).collect());
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let replaced = above[j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut best = replaced.min(above[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                best = best.min(before[j - 2] + 1);
            }
            row.push(best);
        }
        before = std::mem::replace(&mut above, row);
    }
    above[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn near_names_are_offered_and_far_ones_are_not() {
        let names = ["first_name", "last_name", "account_balance", "city"];
        let nearest = |wrong| nearest(wrong, names.into_iter());
        assert_eq!(nearest("frist_name"), Some("first_name"));
        assert_eq!(nearest("firstName"), Some("first_name"));
        assert_eq!(nearest("acount_balance"), Some("account_balance"));
        assert_eq!(nearest("citi"), Some("city"));
        assert_eq!(nearest("voucher"), None);
    }
}
