//! The words for yes, channels, languages and currencies that files use.

use crate::channel::Channel;
use crate::customer::without_accent;

/// A word without case, accents, spaces and punctuation: `Prénom ` and `PRENOM` are one.
pub(super) fn folded(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).map(without_accent).filter(|c| c.is_alphanumeric()).collect()
}

/// Yes or no, in English, Swahili and French.
pub(super) fn yes_no(text: &str) -> Option<bool> {
    match folded(text).as_str() {
        "1" | "y" | "yes" | "t" | "true" | "on" | "x" | "ok" | "ndiyo" | "ndio" | "kweli" | "o" | "oui" | "vrai"
        | "optedout" | "optout" | "unsubscribed" | "enabled" | "active" | "✓" => Some(true),
        "0" | "n" | "no" | "f" | "false" | "off" | "none" | "hapana" | "la" | "siyo" | "non" | "faux" | "optedin"
        | "optin" | "subscribed" | "disabled" | "inactive" => Some(false),
        _ if matches!(text.trim(), "✓" | "✔" | "☑") => Some(true),
        _ if matches!(text.trim(), "✗" | "✘" | "☐" | "-") => Some(false),
        _ => None,
    }
}

/// A channel by its name or by what people call it.
pub(super) fn channel(text: &str) -> Option<Channel> {
    match folded(text).as_str() {
        "email" | "mail" | "emails" | "courriel" | "baruapepe" => Some(Channel::Email),
        "sms" | "text" | "texts" | "textmessage" | "phone" | "mobile" | "ujumbe" | "ujumbemfupi" | "texto" => {
            Some(Channel::Sms)
        }
        "whatsapp" | "wa" => Some(Channel::Whatsapp),
        "push" | "app" | "pushnotification" | "pushnotifications" | "notification" => Some(Channel::Push),
        _ => None,
    }
}

/// A language tag from a tag (`SW`, `en_KE`) or from the language's name.
pub(super) fn language(text: &str) -> Option<String> {
    let named = match folded(text).as_str() {
        "english" | "anglais" | "kiingereza" | "eng" => "en",
        "swahili" | "kiswahili" | "swa" | "souahili" => "sw",
        "french" | "francais" | "kifaransa" | "fra" | "fre" => "fr",
        "arabic" | "arabe" | "kiarabu" | "ara" => "ar",
        "portuguese" | "portugais" | "kireno" | "por" => "pt",
        "somali" | "kisomali" | "som" => "so",
        "amharic" | "amh" => "am",
        "german" | "deutsch" | "allemand" => "de",
        "spanish" | "espanol" | "espagnol" => "es",
        "italian" | "italiano" | "italien" => "it",
        "luganda" | "ganda" => "lg",
        "kinyarwanda" => "rw",
        "hausa" => "ha",
        "yoruba" => "yo",
        "igbo" => "ig",
        "zulu" => "zu",
        "hindi" => "hi",
        "chinese" | "mandarin" => "zh",
        _ => return language_tag(text.trim()),
    };
    Some(named.to_owned())
}

fn language_tag(text: &str) -> Option<String> {
    let mut parts = text.split(['-', '_']);
    let primary = parts.next().filter(|p| (2..=3).contains(&p.len()) && p.bytes().all(|b| b.is_ascii_alphabetic()))?;
    let mut tag = primary.to_ascii_lowercase();
    for part in parts {
        let ascii = part.bytes().all(|b| b.is_ascii_alphanumeric());
        if !ascii || !(2..=8).contains(&part.len()) || tag.len() > 20 {
            return None;
        }
        tag.push('-');
        match part.len() {
            2 => tag.push_str(&part.to_ascii_uppercase()),
            4 => {
                tag.push_str(&part[..1].to_ascii_uppercase());
                tag.push_str(&part[1..].to_ascii_lowercase());
            }
            _ => tag.push_str(&part.to_ascii_lowercase()),
        }
    }
    Some(tag)
}

/// Active ISO 4217 codes.
const CURRENCIES: &str = "AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD \
CAD CDF CHF CLP CNY COP CRC CUP CVE CZK DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF \
IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU \
MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP \
SLE SOS SRD SSP STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR \
ZMW ZWL ZWG";

/// An ISO 4217 code from a code or from the everyday sign.
pub(super) fn currency(text: &str) -> Option<String> {
    let code = match text.trim().to_uppercase().trim_end_matches('.') {
        "KSH" | "KSHS" | "SHILINGI" => "KES".to_owned(),
        "TSH" | "TSHS" => "TZS".to_owned(),
        "USH" | "USHS" => "UGX".to_owned(),
        "$" | "US$" => "USD".to_owned(),
        "€" => "EUR".to_owned(),
        "£" => "GBP".to_owned(),
        "₦" => "NGN".to_owned(),
        "₵" => "GHS".to_owned(),
        "CFA" | "FCFA" => "XOF".to_owned(),
        code => code.to_owned(),
    };
    CURRENCIES.split_ascii_whitespace().any(|known| known == code).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_of_three_languages_are_known() {
        for text in ["1", "TRUE", "Yes", "y", "Ndiyo", "oui", "x", "✓"] {
            assert_eq!(yes_no(text), Some(true), "{text}");
        }
        for text in ["0", "False", "no", "N", "hapana", "Non", "-"] {
            assert_eq!(yes_no(text), Some(false), "{text}");
        }
        assert_eq!(yes_no("maybe"), None);
        assert_eq!(channel("E-Mail"), Some(Channel::Email));
        assert_eq!(channel("Text message"), Some(Channel::Sms));
        assert_eq!(channel("pigeon"), None);
    }

    #[test]
    fn languages_and_currencies_become_codes() {
        for (text, wanted) in
            [("EN", "en"), ("Kiswahili", "sw"), ("Français", "fr"), ("sw_ke", "sw-KE"), ("zh-hant-TW", "zh-Hant-TW")]
        {
            assert_eq!(language(text).as_deref(), Some(wanted), "{text}");
        }
        assert_eq!(language("???"), None);
        assert_eq!(language("e"), None);
        assert_eq!(currency("ksh"), Some("KES".into()));
        assert_eq!(currency("kes"), Some("KES".into()));
        assert_eq!(currency("ABC"), None);
    }
}
