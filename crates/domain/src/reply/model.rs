//! A linear classifier of our own: hashed n-grams and softmax (multinomial logistic) regression.
//!
//! A few hundred short sentences train in well under a second, always to the same weights: the order
//! of the samples comes from a fixed generator. It knows only the classes of [`CLASSES`]; opt-outs
//! and bounces are decided by rules before it is asked.

use super::disposition::Disposition;
use super::normalise::{normalise, words};

/// The classes that the model may answer.
pub const CLASSES: [Disposition; 5] = [
    Disposition::Interested,
    Disposition::NeedsMoreInfo,
    Disposition::NotInterested,
    Disposition::OutOfOffice,
    Disposition::EscalateUnclear,
];

const BUCKETS: usize = 1 << 14;
const EPOCHS: usize = 30;
const RATE: f32 = 0.6;
const DECAY: f32 = 2e-5;
/// Words of a reply that are looked at.
const MAX_WORDS: usize = 60;

/// Buckets and their values.
type Features = Vec<(usize, f32)>;

/// One sentence and what it means.
#[derive(Debug, Clone, PartialEq)]
pub struct Sample {
    pub text: String,
    pub class: Disposition,
    /// How often it counts: 1 for the built-in corpus, more for what a person corrected.
    pub weight: f32,
}

/// The trained weights.
#[derive(Debug, Clone)]
pub struct Model {
    /// `BUCKETS` rows of one weight for each class.
    weights: Vec<[f32; CLASSES.len()]>,
    bias: [f32; CLASSES.len()],
}

/// What the model thinks: a class and its probability.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Guess {
    pub class: Disposition,
    /// Between 0 and 1.
    pub probability: f64,
}

impl Model {
    /// Trains on the samples; those of a class that the model does not know are left out.
    pub fn train(samples: &[Sample]) -> Self {
        let prepared: Vec<(Features, usize, f32)> = samples
            .iter()
            .filter_map(|s| {
                let class = CLASSES.iter().position(|c| *c == s.class)?;
                Some((features(&s.text), class, s.weight.clamp(0.0, 10.0)))
            })
            .collect();
        let mut model = Self { weights: vec![[0.0; CLASSES.len()]; BUCKETS], bias: [0.0; CLASSES.len()] };
        let mut squares = vec![[1e-8f32; CLASSES.len()]; BUCKETS];
        let mut order: Vec<usize> = (0..prepared.len()).collect();
        let mut state = 0x9e37_79b9_7f4a_7c15u64;
        for _ in 0..EPOCHS {
            shuffle(&mut order, &mut state);
            for &i in &order {
                let (features, class, weight) = &prepared[i];
                model.step(&mut squares, features, *class, *weight);
            }
        }
        model
    }

    /// One step of AdaGrad on one sample.
    fn step(&mut self, squares: &mut [[f32; CLASSES.len()]], features: &[(usize, f32)], class: usize, weight: f32) {
        let mut error = self.probabilities(features);
        error[class] -= 1.0;
        for &(bucket, value) in features {
            let (row, seen) = (&mut self.weights[bucket], &mut squares[bucket]);
            for k in 0..CLASSES.len() {
                let gradient = weight * error[k] * value + DECAY * row[k];
                seen[k] += gradient * gradient;
                row[k] -= RATE * gradient / seen[k].sqrt().max(0.05);
            }
        }
        for (bias, e) in self.bias.iter_mut().zip(error) {
            *bias -= 0.01 * weight * e;
        }
    }

    fn probabilities(&self, features: &[(usize, f32)]) -> [f32; CLASSES.len()] {
        let mut scores = self.bias;
        for &(bucket, value) in features {
            for (score, w) in scores.iter_mut().zip(self.weights[bucket]) {
                *score += w * value;
            }
        }
        let top = scores.iter().copied().fold(f32::MIN, f32::max);
        let mut sum = 0.0;
        for score in &mut scores {
            *score = (*score - top).exp();
            sum += *score;
        }
        scores.map(|s| s / sum)
    }

    /// The most likely class of the text.
    pub fn guess(&self, text: &str) -> Guess {
        let probabilities = self.probabilities(&features(text));
        let mut best = 0;
        for k in 1..CLASSES.len() {
            if probabilities[k] > probabilities[best] {
                best = k;
            }
        }
        Guess { class: CLASSES[best], probability: f64::from(probabilities[best]) }
    }
}

/// Word and word-pair features, and the beginnings and inner pieces of words (Swahili builds its verbs
/// from pieces), as buckets with values whose squares sum to 1.
fn features(text: &str) -> Features {
    let normal = normalise(text);
    let mut all: Vec<&str> = words(&normal).take(MAX_WORDS).collect();
    all.insert(0, "^");
    let mut found: Features = Vec::with_capacity(all.len() * 8);
    for (i, word) in all.iter().enumerate() {
        found.push((bucket(&[b"w", word.as_bytes()]), 1.0));
        if let Some(next) = all.get(i + 1) {
            found.push((bucket(&[b"p", word.as_bytes(), next.as_bytes()]), 1.0));
        }
        if let Some(after) = all.get(i + 2) {
            found.push((bucket(&[b"s", word.as_bytes(), after.as_bytes()]), 0.6));
        }
        let letters: Vec<char> = word.chars().collect();
        for piece in letters.windows(4) {
            let piece: String = piece.iter().collect();
            found.push((bucket(&[b"c", piece.as_bytes()]), 0.35));
        }
    }
    if text.contains('?') {
        found.push((bucket(&[b"question"]), 1.0));
    }
    if text.contains('!') {
        found.push((bucket(&[b"exclamation"]), 0.5));
    }
    found.sort_unstable_by_key(|(b, _)| *b);
    found.dedup_by_key(|(b, _)| *b);
    let norm = found.iter().map(|(_, v)| v * v).sum::<f32>().sqrt().max(1e-6);
    for (_, value) in &mut found {
        *value /= norm;
    }
    found
}

/// FNV-1a over the parts with a mark between them.
fn bucket(parts: &[&[u8]]) -> usize {
    let mut hash = 0xcbf2_9ce4_8422_2325u64;
    for part in parts {
        for byte in part.iter().chain(&[0u8]) {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    }
    ((hash >> 20) as usize) & (BUCKETS - 1)
}

fn shuffle(order: &mut [usize], state: &mut u64) {
    for i in (1..order.len()).rev() {
        *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        order.swap(i, (*state >> 33) as usize % (i + 1));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample(text: &str, class: Disposition) -> Sample {
        Sample { text: text.to_owned(), class, weight: 1.0 }
    }

    #[test]
    fn it_learns_and_always_the_same() {
        let samples = [sample("yes please", Disposition::Interested), sample("no thanks", Disposition::NotInterested)];
        let (one, two) = (Model::train(&samples), Model::train(&samples));
        assert_eq!(one.guess("yes please").class, Disposition::Interested);
        assert_eq!(one.guess("no thanks").class, Disposition::NotInterested);
        assert_eq!(one.guess("yes").probability, two.guess("yes").probability);
    }

    #[test]
    fn a_class_that_it_does_not_know_is_left_out() {
        let model = Model::train(&[sample("stop", Disposition::Unsubscribe)]);
        assert!(CLASSES.contains(&model.guess("stop").class));
    }
}
