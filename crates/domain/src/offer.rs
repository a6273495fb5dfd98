//! An offer's words, and what makes it fit to be sent (OFF-1, OFF-2, OFF-6).

use crate::channel::Channel;
use crate::template::ContentSource;

crate::text_enum! {
    /// Where an offer is in its life.
    pub enum OfferStatus {
        /// Worked on; no campaign may send it.
        Draft = "draft",
        /// The published version may be sent.
        Active = "active",
        /// Put away; running campaigns go on with what they have.
        Archived = "archived",
    }
}

crate::text_enum! {
    /// How customers show that they want the offer.
    pub enum CodeMode {
        /// No code of its own; campaign codes among the tracking sources still redeem.
        None = "none",
        /// One code for everybody.
        Shared = "shared",
        /// Each customer gets a code of their own.
        Unique = "unique",
    }
}

crate::text_enum! {
    /// A code redeemed by somebody who got no message of the offer.
    pub enum StrangerRedemption {
        Refuse = "refuse",
        Accept = "accept",
    }
}

crate::text_enum! {
    /// What a reward is.
    pub enum RewardKind {
        /// An amount on the customer's balance.
        Credit = "credit",
        /// An amount off.
        DiscountAmount = "discount_amount" | "discount",
        /// A percentage off.
        DiscountPercent = "discount_percent",
        /// A product on top.
        BonusProduct = "bonus_product" | "bonus",
        /// Loyalty points.
        Points = "points",
    }
}

impl RewardKind {
    /// Whether its value is an amount of money, which needs a currency.
    pub fn is_money(self) -> bool {
        matches!(self, Self::Credit | Self::DiscountAmount)
    }
}

crate::text_enum! {
    /// What a recipient has to do to be granted a reward.
    pub enum RewardTrigger {
        Clicked = "clicked",
        Redeemed = "redeemed",
        Purchased = "purchased",
    }
}

/// Tracking sources that become parameters of links.
pub const UTM_SOURCES: [&str; 5] = ["utm_source", "utm_medium", "utm_campaign", "utm_term", "utm_content"];

/// The tracking source whose value redeems the offer.
pub const CAMPAIGN_CODE: &str = "campaign_code";

/// The templates of a creative: what is a subject on one channel is a sender id, and no template, on another.
pub fn content_of(channel: Channel, title: &str, preheader: &str, text: &str, html: &str) -> ContentSource {
    let part = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let titled = matches!(channel, Channel::Email | Channel::Push);
    let mail = channel == Channel::Email;
    ContentSource {
        subject: titled.then(|| part(title)).flatten(),
        preheader: mail.then(|| part(preheader)).flatten(),
        text: part(text),
        html: mail.then(|| part(html)).flatten(),
    }
}

/// A code as it is kept and compared: no blanks, upper case.
pub fn normal_code(code: &str) -> String {
    code.split_whitespace().collect::<String>().to_uppercase()
}

/// A unique code: the prefix and eight characters that cannot be mistaken for each other, out of random bytes.
pub fn unique_code(prefix: &str, random: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHJKLMNPQRSTUVWXYZ23456789";
    let tail = random.iter().take(8).map(|byte| char::from(LETTERS[usize::from(byte % 32)]));
    normal_code(prefix).chars().chain(tail).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_mails_and_pushes_have_a_title_that_is_a_template() {
        let sms = content_of(Channel::Sms, "Equitel", "x", "Hi", "<p>");
        assert_eq!((sms.subject, sms.preheader, sms.text.as_deref(), sms.html), (None, None, Some("Hi"), None));
        let mail = content_of(Channel::Email, "Hi {name}", "", "", "<p>");
        assert_eq!(
            (mail.subject.as_deref(), mail.preheader, mail.text, mail.html.as_deref()),
            (Some("Hi {name}"), None, None, Some("<p>"))
        );
    }

    #[test]
    fn codes_are_upper_case_and_readable() {
        assert_eq!(normal_code(" summer 2024 "), "SUMMER2024");
        assert_eq!(unique_code("sum-", &[0, 1, 31, 32, 63, 7, 8, 9]), "SUM-AB9A9HJK");
    }
}
