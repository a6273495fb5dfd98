//! The built-in training data: `corpus.tsv`, one sample a line, class and text parted by a tab.

use super::model::Sample;

const DATA: &str = include_str!("corpus.tsv");

/// The samples of the built-in corpus.
pub fn samples() -> Vec<Sample> {
    DATA.lines()
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| {
            let (class, text) = line.split_once('\t')?;
            Some(Sample { text: text.to_owned(), class: class.parse().ok()?, weight: 1.0 })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::model::CLASSES;
    use super::*;

    #[test]
    fn every_line_is_a_sample_of_a_class_that_the_model_learns() {
        let lines = DATA.lines().filter(|l| !l.is_empty() && !l.starts_with('#')).count();
        let all = samples();
        assert_eq!(all.len(), lines);
        assert!(all.iter().all(|s| CLASSES.contains(&s.class) && !s.text.trim().is_empty()));
        for class in CLASSES {
            assert!(all.iter().filter(|s| s.class == class).count() >= 20, "{class:?}");
        }
    }
}
