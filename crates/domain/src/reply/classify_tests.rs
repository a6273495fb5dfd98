use std::sync::OnceLock;

use proptest::prelude::*;

use super::*;
use Disposition::{
    Bounce, EscalateUnclear, Interested, NeedsMoreInfo, NoActiveProfile, NotInterested, OutOfOffice, Unsubscribe,
};

fn classifier() -> &'static Classifier {
    static ONE: OnceLock<Classifier> = OnceLock::new();
    ONE.get_or_init(|| Classifier::new(&[]))
}

fn input(body: &str) -> ReplyInput<'_> {
    ReplyInput {
        from: "Jane <jane@example.com>",
        subject: "Re: Hey Jane, following up on your last order",
        body,
        auto_submitted: None,
        sender: Sender::Active,
        received_on: NaiveDate::from_ymd_opt(2026, 1, 7).unwrap(),
    }
}

#[test]
fn the_three_brokers_are_understood() {
    for (body, class, sentiment) in [
        ("Not interested", NotInterested, Sentiment::Negative),
        ("Yes, interested!", Interested, Sentiment::Positive),
        ("Tell me more about pricing", NeedsMoreInfo, Sentiment::Neutral),
    ] {
        let got = classifier().classify(&input(body));
        assert_eq!((got.disposition, got.sentiment), (class, sentiment), "{body} {}", got.confidence);
        assert!(got.confidence >= 0.7, "{body} {}", got.confidence);
        assert_eq!(got.summary, body);
        assert_eq!(got.decided_by, DecidedBy::Model);
    }
}

/// None of these sentences is in the corpus.
const UNSEEN: [(&str, Disposition); 44] = [
    ("Yes I would like this, when can you call?", Interested),
    ("Sounds good to me, let's go ahead", Interested),
    ("Count me in please", Interested),
    ("I'll take two of those bundles", Interested),
    ("We are keen to proceed with the deal", Interested),
    ("Please sign me up today", Interested),
    ("Great offer, I want it", Interested),
    ("Call me this afternoon, I want to buy", Interested),
    ("Ndiyo nataka hiyo bundle", Interested),
    ("Nipigie kesho, niko tayari kununua", Interested),
    ("Naomba nipigiwe simu leo mchana tafadhali, nataka mbili", Interested),
    ("Oui, je suis intéressé", Interested),
    ("How much does it cost per month?", NeedsMoreInfo),
    ("Can you send me the price list?", NeedsMoreInfo),
    ("What is the interest rate and the term?", NeedsMoreInfo),
    ("Could you share more details about the offer", NeedsMoreInfo),
    ("Is the 5GB for a month or a week?", NeedsMoreInfo),
    ("Which towns have fibre now?", NeedsMoreInfo),
    ("Do you offer school discounts for 60 lines?", NeedsMoreInfo),
    ("Send me a brochure first please", NeedsMoreInfo),
    ("Bei yake ni gani?", NeedsMoreInfo),
    ("Naomba maelezo zaidi kuhusu ofa hii", NeedsMoreInfo),
    ("Pouvez-vous m'envoyer plus d'informations sur les tarifs ?", NeedsMoreInfo),
    ("Does it include roaming in Uganda?", NeedsMoreInfo),
    ("No thank you, we are fine", NotInterested),
    ("I am not interested in this offer", NotInterested),
    ("We already have another provider", NotInterested),
    ("This is not for us at the moment", NotInterested),
    ("I don't need it", NotInterested),
    ("Too expensive for me, no", NotInterested),
    ("Hapana asante, sihitaji", NotInterested),
    ("Sina haja na hiyo", NotInterested),
    ("Non merci, cela ne m'intéresse pas", NotInterested),
    ("I'll pass on this one", NotInterested),
    ("Thanks but no thanks", NotInterested),
    ("We don't want this service", NotInterested),
    ("I am out of office until Monday", OutOfOffice),
    ("Je suis absent jusqu'au 12 janvier", OutOfOffice),
    ("Niko likizo hadi Jumatatu", OutOfOffice),
    ("My invoice is wrong and nobody answers the phone", EscalateUnclear),
    ("ok", EscalateUnclear),
    ("Who is this?", EscalateUnclear),
    ("My line was disconnected yesterday, this is a scandal", EscalateUnclear),
    ("lorem ipsum dolor sit amet", EscalateUnclear),
];

#[test]
fn unseen_sentences_are_mostly_right() {
    let wrong: Vec<String> = UNSEEN
        .iter()
        .filter_map(|(body, class)| {
            let got = classifier().classify(&input(body));
            (got.disposition != *class)
                .then(|| format!("{body}: {:?} {} not {class:?}", got.disposition, got.confidence))
        })
        .collect();
    assert!(wrong.len() * 100 <= UNSEEN.len() * 12, "{} of {} wrong:\n{}", wrong.len(), UNSEEN.len(), wrong.join("\n"));
}

/// A yes must never be read as a no, nor the other way round.
#[test]
fn yes_and_no_are_never_swapped() {
    for (body, class) in UNSEEN {
        let got = classifier().classify(&input(body)).disposition;
        assert!(!matches!((class, got), (Interested, NotInterested) | (NotInterested, Interested)), "{body}");
    }
}

#[test]
fn rules_come_before_the_model() {
    let stop = classifier().classify(&input("Yes very interested but unsubscribe me please"));
    assert_eq!((stop.disposition, stop.decided_by), (Unsubscribe, DecidedBy::Rule));
    let quoted = classifier()
        .classify(&input("Yes, interested!\n\nOn Mon, 5 Jan 2026, A <a@b.c> wrote:\n> Reply STOP to unsubscribe me"));
    assert_eq!(quoted.disposition, Interested);
    let away =
        classifier().classify(&input("I am out of the office until 19 January. To unsubscribe me from cc ask Bob."));
    assert_eq!((away.disposition, away.return_date), (OutOfOffice, NaiveDate::from_ymd_opt(2026, 1, 19)));
    let mut dsn = input("This is the mail system at host mx.\nFinal-Recipient: rfc822; bob@x.org\nStatus: 5.1.1");
    (dsn.from, dsn.subject) = ("MAILER-DAEMON@mx", "Undelivered Mail Returned to Sender");
    let got = classifier().classify(&dsn);
    assert_eq!((got.disposition, got.summary.as_str()), (Bounce, "Could not be delivered for good (5.1.1)"));
}

#[test]
fn a_stranger_gets_a_profile_first_but_may_say_no() {
    let stranger = |body| classifier().classify(&ReplyInput { sender: Sender::Unknown, ..input(body) }).disposition;
    assert_eq!(stranger("Yes, interested!"), NoActiveProfile);
    assert_eq!(stranger("Who is this?"), NoActiveProfile);
    assert_eq!(stranger("Not interested"), NotInterested);
    assert_eq!(stranger("STOP"), Unsubscribe);
}

#[test]
fn a_correction_is_learned_from() {
    let text = "Wapi matawi yenu ya Nyeri na Meru";
    let learned = Classifier::new(&[Correction { text: text.to_owned(), disposition: NotInterested }]);
    assert_ne!(classifier().classify(&input(text)).disposition, NotInterested);
    assert_eq!(learned.classify(&input(text)).disposition, NotInterested);
    for (body, class) in [("Yes, interested!", Interested), ("Tell me more about pricing", NeedsMoreInfo)] {
        assert_eq!(learned.classify(&input(body)).disposition, class, "what it knew it still knows");
    }
}

proptest! {
    #[test]
    fn an_opt_out_is_heard_whatever_people_corrected(body in "(?s)[a-z ]{0,40}", stop in "(stop|STOP|acha|unsubscribe me|désabonnez-moi)") {
        static WRONG: OnceLock<Classifier> = OnceLock::new();
        let misled = WRONG.get_or_init(|| {
            let bad = Correction { text: "stop unsubscribe me acha désabonnez-moi".to_owned(), disposition: Interested };
            Classifier::new(&vec![bad; 20])
        });
        prop_assert_eq!(misled.classify(&input(&stop)).disposition, Unsubscribe);
        let got = misled.classify(&input(&body));
        prop_assert!((0.0..=1.0).contains(&got.confidence));
    }
}
