//! How the writer feels, from words and from the class.

use super::disposition::{Disposition, Sentiment};
use super::normalise::{normalise, padded_words};

const GLAD: [&str; 32] = [
    " great ",
    " thanks ",
    " thank you ",
    " love ",
    " excellent ",
    " perfect ",
    " happy ",
    " awesome ",
    " wonderful ",
    " amazing ",
    " good ",
    " nice ",
    " glad ",
    " yes ",
    " please ",
    " asante ",
    " nzuri ",
    " vizuri ",
    " nimefurahi ",
    " poa ",
    " safi ",
    " ndiyo ",
    " ndio ",
    " merci ",
    " super ",
    " parfait ",
    " ravi ",
    " oui ",
    " excited ",
    " looking forward ",
    " sawa ",
    " interested ",
];

const UPSET: [&str; 32] = [
    " bad ",
    " terrible ",
    " angry ",
    " scam ",
    " fraud ",
    " thieves ",
    " worst ",
    " annoying ",
    " spam ",
    " complaint ",
    " disappointed ",
    " never again ",
    " horrible ",
    " useless ",
    " poor service ",
    " expensive ",
    " hate ",
    " refund ",
    " not happy ",
    " not interested ",
    " lawyer ",
    " mbaya ",
    " wezi ",
    " wizi ",
    " ghali ",
    " sitaki ",
    " nimechoka ",
    " arnaque ",
    " nul ",
    " decu ",
    " cher ",
    " stop ",
];

/// The sentiment of a text of that class.
pub fn sentiment(own_text: &str, class: Disposition) -> Sentiment {
    let text = padded_words(&normalise(own_text));
    let count = |list: &[&str]| list.iter().filter(|w| text.contains(*w)).count();
    let (glad, upset) = (count(&GLAD), count(&UPSET));
    match class {
        Disposition::OutOfOffice | Disposition::Bounce => Sentiment::Neutral,
        Disposition::Interested if upset == 0 => Sentiment::Positive,
        Disposition::NotInterested | Disposition::Unsubscribe if glad <= upset + 1 => Sentiment::Negative,
        _ if upset > glad || (upset > 0 && upset == glad) => Sentiment::Negative,
        Disposition::NotInterested | Disposition::Unsubscribe => Sentiment::Neutral,
        _ if glad > upset => Sentiment::Positive,
        _ => Sentiment::Neutral,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_and_class_decide() {
        assert_eq!(sentiment("Yes, interested!", Disposition::Interested), Sentiment::Positive);
        assert_eq!(sentiment("Not interested", Disposition::NotInterested), Sentiment::Negative);
        assert_eq!(sentiment("Tell me more about pricing", Disposition::NeedsMoreInfo), Sentiment::Neutral);
        assert_eq!(sentiment("This is a scam", Disposition::EscalateUnclear), Sentiment::Negative);
        assert_eq!(sentiment("Great, thanks! What does it cost?", Disposition::NeedsMoreInfo), Sentiment::Positive);
    }
}
