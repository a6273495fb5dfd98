//! Which creative of an offer a customer gets (OFF-4).

use crate::channel::Channel;

/// The locale to fall back to.
pub const DEFAULT_LOCALE: &str = "en";

/// What the choice needs to know of a creative.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CreativeKey<'c> {
    /// The channel it is for.
    pub channel: Channel,
    /// Its language, such as `en` or `sw`.
    pub locale: &'c str,
    /// Whether it may be used.
    pub is_active: bool,
}

/// What the choice needs to know of a customer.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Preferences<'c> {
    /// The channel the customer asked for, if any.
    pub channel: Option<Channel>,
    /// The language the customer asked for, if any.
    pub language: Option<&'c str>,
}

crate::text_enum! {
    /// Why a creative was chosen. Recorded with the recipient.
    pub enum ChoiceReason {
        /// The preferred channel in the preferred language.
        ExactMatch = "exact_match",
        /// The preferred channel in the default locale.
        DefaultLocale = "default_locale",
        /// The first active creative by which the customer can be reached.
        FirstActive = "first_active",
        /// No active creative reaches the customer.
        None = "none",
    }
}

/// The creative that was chosen, by its place in the list, and why.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Choice {
    /// Index of the creative; `None` with [`ChoiceReason::None`].
    pub index: Option<usize>,
    /// Why.
    pub reason: ChoiceReason,
}

/// Chooses for one customer: preferred channel and language, then that channel in the default locale, then the first active
/// creative, in the order of the list, that reaches the customer.
///
/// A campaign with a channel of its own sends only by that one; with `None` (multi) the customer's preferred channel counts.
/// `reachable` are the channels for which the customer has an address that may be used.
pub fn choose_creative(
    preferences: Preferences<'_>,
    reachable: &[Channel],
    campaign_channel: Option<Channel>,
    creatives: &[CreativeKey<'_>],
) -> Choice {
    let language =
        preferences.language.map(str::trim).filter(|language| !language.is_empty()).unwrap_or(DEFAULT_LOCALE);
    let usable = |creative: &CreativeKey<'_>| {
        creative.is_active
            && reachable.contains(&creative.channel)
            && campaign_channel.is_none_or(|channel| channel == creative.channel)
    };
    let find = |wanted: &dyn Fn(&CreativeKey<'_>) -> bool| {
        creatives.iter().position(|creative| usable(creative) && wanted(creative))
    };
    let chosen = |index, reason| Choice { index: Some(index), reason };

    if let Some(channel) = campaign_channel.or(preferences.channel) {
        if let Some(index) = find(&|creative| creative.channel == channel && speaks(creative.locale, language)) {
            return chosen(index, ChoiceReason::ExactMatch);
        }
        if let Some(index) = find(&|creative| creative.channel == channel && speaks(creative.locale, DEFAULT_LOCALE)) {
            return chosen(index, ChoiceReason::DefaultLocale);
        }
    }
    find(&|_| true)
        .map_or(Choice { index: None, reason: ChoiceReason::None }, |index| chosen(index, ChoiceReason::FirstActive))
}

/// `en-KE` is English, and so is `EN`.
fn speaks(locale: &str, language: &str) -> bool {
    let base = |tag: &str| tag.split(['-', '_']).next().unwrap_or("").to_ascii_lowercase();
    locale.eq_ignore_ascii_case(language) || base(locale) == base(language)
}

#[cfg(test)]
mod tests {
    use super::*;

    const SMS_EN: CreativeKey<'static> = CreativeKey { channel: Channel::Sms, locale: "en", is_active: true };
    const SMS_SW: CreativeKey<'static> = CreativeKey { channel: Channel::Sms, locale: "sw", is_active: true };
    const EMAIL_EN: CreativeKey<'static> = CreativeKey { channel: Channel::Email, locale: "en", is_active: true };
    const EMAIL_FR: CreativeKey<'static> = CreativeKey { channel: Channel::Email, locale: "fr", is_active: true };
    const BOTH: [Channel; 2] = [Channel::Sms, Channel::Email];

    fn prefers(channel: Channel, language: &'static str) -> Preferences<'static> {
        Preferences { channel: Some(channel), language: Some(language) }
    }

    fn choose(
        who: Preferences<'_>,
        reachable: &[Channel],
        campaign: Option<Channel>,
        list: &[CreativeKey<'_>],
    ) -> (Option<usize>, ChoiceReason) {
        let choice = choose_creative(who, reachable, campaign, list);
        (choice.index, choice.reason)
    }

    #[test]
    fn summer_sale_john_and_bob_get_english_and_jane_swahili() {
        let offer = [SMS_EN, SMS_SW];
        for (language, index) in [("en", 0), ("sw", 1), ("en", 0)] {
            assert_eq!(
                choose(prefers(Channel::Sms, language), &BOTH, None, &offer),
                (Some(index), ChoiceReason::ExactMatch)
            );
        }
    }

    #[test]
    fn a_missing_language_falls_back_to_english_on_the_same_channel() {
        let offer = [EMAIL_FR, SMS_EN];
        assert_eq!(choose(prefers(Channel::Sms, "fr"), &BOTH, None, &offer), (Some(1), ChoiceReason::DefaultLocale));
    }

    #[test]
    fn a_channel_without_an_address_is_left_for_one_that_reaches() {
        let offer = [SMS_SW, EMAIL_EN];
        assert_eq!(
            choose(prefers(Channel::Sms, "sw"), &[Channel::Email], None, &offer),
            (Some(1), ChoiceReason::FirstActive)
        );
        assert_eq!(choose(prefers(Channel::Sms, "sw"), &[], None, &offer), (None, ChoiceReason::None));
    }

    #[test]
    fn the_campaigns_channel_is_the_only_one() {
        let offer = [SMS_EN, EMAIL_EN];
        assert_eq!(
            choose(prefers(Channel::Email, "en"), &BOTH, Some(Channel::Sms), &offer),
            (Some(0), ChoiceReason::ExactMatch)
        );
        assert_eq!(
            choose(prefers(Channel::Email, "en"), &[Channel::Email], Some(Channel::Sms), &offer),
            (None, ChoiceReason::None)
        );
    }

    #[test]
    fn inactive_creatives_do_not_exist() {
        let off = CreativeKey { is_active: false, ..SMS_SW };
        assert_eq!(
            choose(prefers(Channel::Sms, "sw"), &BOTH, None, &[off, SMS_EN]),
            (Some(1), ChoiceReason::DefaultLocale)
        );
        assert_eq!(choose(prefers(Channel::Sms, "sw"), &BOTH, None, &[off]), (None, ChoiceReason::None));
    }

    #[test]
    fn without_preferences_the_first_active_one_goes() {
        let nobody = Preferences::default();
        assert_eq!(choose(nobody, &BOTH, None, &[EMAIL_FR, SMS_SW, SMS_EN]), (Some(0), ChoiceReason::FirstActive));
        assert_eq!(choose(nobody, &[Channel::Sms], None, &[EMAIL_FR, SMS_SW]), (Some(1), ChoiceReason::FirstActive));
        assert_eq!(
            choose(nobody, &BOTH, Some(Channel::Email), &[SMS_EN, EMAIL_EN]),
            (Some(1), ChoiceReason::ExactMatch)
        );
    }

    #[test]
    fn regions_of_a_language_understand_each_other() {
        let offer = [CreativeKey { locale: "en-KE", ..SMS_EN }, SMS_SW];
        assert_eq!(choose(prefers(Channel::Sms, "EN"), &BOTH, None, &offer), (Some(0), ChoiceReason::ExactMatch));
    }
}
