//! "Did you mean": finds the known word that is nearest to a typed one.

/// The word that is most like `word`, if one is like it at all: at most a third of its letters wrong
/// (one at least, also a pair of neighbours swapped), or it begins with what was typed.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word: Vec<char> = word.to_lowercase().chars().take(64).collect();
    if word.is_empty() {
        return None;
    }
    let limit = (word.len() / 3).max(1);
    let judged = known.into_iter().filter_map(|k| {
        let letters: Vec<char> = k.chars().collect();
        let d = distance(&word, &letters);
        let is_start = word.len() >= 2 && letters.starts_with(&word);
        (d <= limit && d < word.len().max(2)).then_some((d, k)).or(is_start.then_some((limit + 1, k)))
    });
    judged.min_by_key(|(d, _)| *d).map(|(_, k)| k)
}

/// How many letters to change, add, drop or swap with their neighbour (optimal string alignment).
fn distance(a: &[char], b: &[char]) -> usize {
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=b.len()).collect();
    for i in 1..=a.len() {
        let mut row = vec![i; b.len() + 1];
        for j in 1..=b.len() {
            let same = usize::from(a[i - 1] != b[j - 1]);
            row[j] = (last[j] + 1).min(row[j - 1] + 1).min(last[j - 1] + same);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                row[j] = row[j].min(before[j - 2] + 1);
            }
        }
        before = std::mem::replace(&mut last, row);
    }
    last[b.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finds_what_was_meant() {
        let known = ["join", "part", "presence", "priority", "me"];
        assert_eq!(nearest("jion", known), Some("join"));
        assert_eq!(nearest("JOIM", known), Some("join"));
        assert_eq!(nearest("presense", known), Some("presence"));
        assert_eq!(nearest("prio", known), Some("priority"));
        assert_eq!(nearest("xyz", known), None);
        assert_eq!(nearest("", known), None);
        assert_eq!(nearest("x", known), None);
    }
}
