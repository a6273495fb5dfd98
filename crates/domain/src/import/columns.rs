//! Which column of a file becomes which field of a customer.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};
use thiserror::Error;

use super::words::folded;
use crate::customer::{AttributeKind, attribute_name_is_valid};

/// A field of a customer that a column can fill.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// Number in the system that the file comes from.
    ExternalId,
    /// Whole name in one column; its first word becomes the given name.
    Name,
    /// Given name.
    FirstName,
    /// Family name.
    LastName,
    /// E-mail address.
    Email,
    /// Phone number.
    Phone,
    /// Town.
    City,
    /// Loyalty tier.
    Tier,
    /// Kind of customer.
    ClientType,
    /// Language tag or name.
    PreferredLanguage,
    /// Channel that the person likes best.
    PreferredChannel,
    /// Product that the person likes best.
    PreferredProduct,
    /// IANA time zone.
    Timezone,
    /// Balance of the account.
    AccountBalance,
    /// Currency of the balance.
    Currency,
    /// Day of registration.
    RegistrationDate,
    /// Day of the first purchase.
    FirstPurchaseDate,
    /// Day of the last purchase.
    LastPurchaseDate,
    /// Moment of the last order.
    LastOrderAt,
    /// Device tokens, separated by spaces, commas or `;`.
    PushTokens,
    /// Whether the person is still a customer.
    IsActive,
    /// Yes: wants no messages.
    OptedOut,
    /// Yes: wants messages. The opposite of `opted_out`.
    OptedIn,
}

/// Every field with its name and the headers that are taken for it, folded (see `words::folded`):
/// English, then Swahili, then French.
#[rustfmt::skip]
const FIELDS: [(Field, &str, &str); 23] = [
    (Field::ExternalId, "external_id",
     "customerid clientid customerno customernumber customercode id externalid accountid \
      accountnumber accountno account memberid membershipnumber crmid userid uid reference ref \
      nambari nambariyamteja namba kitambulisho idclient numeroclient codeclient identifiant \
      numero"),
    (Field::Name, "name",
     "name fullname customername clientname contact contactname customer client jina \
      jinakamili jinalamteja nomcomplet nometprenom nomprenom nomduclient"),
    (Field::FirstName, "first_name",
     "firstname givenname given forename fname first jinalakwanza jinakwanza prenom prenoms"),
    (Field::LastName, "last_name",
     "lastname surname familyname family lname last secondname jinalamwisho jinalaukoo \
      jinalafamilia nom nomdefamille"),
    (Field::Email, "email",
     "email emailaddress mail emailid contactemail primaryemail baruapepe anwaniyabaruapepe \
      courriel adresseemail adressemail adresseelectronique"),
    (Field::Phone, "phone",
     "phone mobile phonenumber mobilenumber mobilephone telephone telephonenumber tel cell \
      cellphone cellnumber msisdn contactnumber gsm whatsappnumber simu nambariyasimu \
      simuyamkononi portable telephoneportable numerodetelephone telportable"),
    (Field::City, "city",
     "city town location place residence citytown mji jiji eneo mahali ville localite commune"),
    (Field::Tier, "tier",
     "tier loyaltytier level customertier loyalty statuslevel grade daraja kiwango niveau \
      categoriefidelite"),
    (Field::ClientType, "client_type",
     "clienttype customertype typeofcustomer type customersegment clientcategory \
      customercategory category ainayamteja aina typeclient typedeclient categorie"),
    (Field::PreferredLanguage, "preferred_language",
     "language preferredlanguage lang locale languagecode lugha lughaanayopendelea langue \
      languepreferee"),
    (Field::PreferredChannel, "preferred_channel",
     "channel preferredchannel contactchannel contactmethod preferredcontact njia \
      njiayamawasiliano canal canalprefere"),
    (Field::PreferredProduct, "preferred_product",
     "product preferredproduct favouriteproduct favoriteproduct productinterest interest \
      bidhaa bidhaaanayopendelea produit produitprefere"),
    (Field::Timezone, "timezone",
     "timezone tz ianatimezone zone saazaeneo ukandawasaa fuseauhoraire fuseau"),
    (Field::AccountBalance, "account_balance",
     "balance accountbalance currentbalance airtimebalance walletbalance salio salioyaakaunti \
      solde soldeducompte"),
    (Field::Currency, "currency",
     "currency currencycode balancecurrency sarafu devise monnaie"),
    (Field::RegistrationDate, "registration_date",
     "registered registrationdate registeredon registeredat signupdate signedup joined \
      joindate joinedon membersince customersince created createdat createdon datecreated \
      dateregistered tareheyakujiunga tareheyausajili amejiunga inscription datedinscription \
      dateinscription inscritle"),
    (Field::FirstPurchaseDate, "first_purchase_date",
     "firstpurchase firstpurchasedate firstbuy firstpurchasedon ununuziwakwanza premierachat \
      datepremierachat"),
    (Field::LastPurchaseDate, "last_purchase_date",
     "lastpurchase lastpurchasedate lastbuy lastbought lastpurchasedon recentpurchase \
      ununuziwamwisho dernierachat datedernierachat"),
    (Field::LastOrderAt, "last_order_at",
     "lastorder lastorderat lastorderdate lastordered lasttransaction lasttransactiondate \
      odayamwisho agizolamwisho dernierecommande datedernierecommande"),
    (Field::PushTokens, "push_tokens",
     "pushtoken pushtokens devicetoken fcmtoken tokenpush"),
    (Field::IsActive, "is_active",
     "active isactive enabled hai anatumika actif"),
    (Field::OptedOut, "opted_out",
     "optedout optout unsubscribed donotcontact dnc nomarketing donotsend suppressed \
      amejiondoa asitumiwe desabonne desinscrit refus"),
    (Field::OptedIn, "opted_in",
     "optedin optin subscribed consent marketingconsent acceptsmarketing newsletter amekubali \
      idhini abonne consentement"),
];

/// Columns that our own error report adds; they are for the person, not for the customer.
const REPORT_COLUMNS: [&str; 4] = ["musterline", "mustercolumn", "musterreason", "mustermessage"];

impl Field {
    /// Every field, in the order in which screens list them.
    pub fn all() -> impl Iterator<Item = Field> {
        FIELDS.iter().map(|(field, _, _)| *field)
    }

    /// The name in the API and on the command line.
    pub fn name(self) -> &'static str {
        FIELDS.iter().find(|(field, _, _)| *field == self).map_or("", |(_, name, _)| name)
    }
}

/// The field that a header seems to mean.
pub fn guess_field(header: &str) -> Option<Field> {
    let header = folded(header);
    FIELDS
        .iter()
        .find(|(_, name, words)| folded(name) == header || words.split(' ').any(|word| word == header))
        .map(|(field, _, _)| *field)
}

/// Whether a header belongs to our own error report.
pub(super) fn is_report_column(header: &str) -> bool {
    REPORT_COLUMNS.contains(&folded(header).as_str())
}

/// A name for a custom attribute made from a header: `Churn score (%)` → `churn_score`.
pub fn attribute_name_from(header: &str) -> Option<String> {
    let mut name = String::new();
    for c in header.chars() {
        let folded = folded(&c.to_string());
        if folded.is_ascii() && !folded.is_empty() {
            name.push_str(&folded);
        } else if !name.ends_with('_') && !name.is_empty() {
            name.push('_');
        }
    }
    let mut name: String = name.trim_matches('_').chars().take(60).collect();
    if name.starts_with(|c: char| c.is_ascii_digit()) {
        name.insert_str(0, "x_");
    }
    attribute_name_is_valid(&name).then_some(name)
}

/// What becomes of a column. Written `city`, `attr:churn_score:decimal` or `ignore`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Target {
    /// It fills a field.
    Field(Field),
    /// It fills a custom attribute.
    Attribute {
        /// Name of the attribute.
        name: String,
        /// Its type.
        kind: AttributeKind,
    },
    /// It is not read.
    Ignore,
}

/// A text that names no target.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error(
    "`{0}` is no field of a customer; use a field such as city, attr:NAME:text|number|decimal|bool|date, or ignore"
)]
pub struct TargetError(String);

impl FromStr for Target {
    type Err = TargetError;

    fn from_str(text: &str) -> Result<Self, TargetError> {
        let error = || TargetError(text.to_owned());
        let trimmed = text.trim();
        if let Some(attribute) = trimmed.strip_prefix("attr:") {
            let (name, kind) = attribute.split_once(':').unwrap_or((attribute, "text"));
            let kind = AttributeKind::parse(kind).ok_or_else(error)?;
            let name = name.to_owned();
            return if attribute_name_is_valid(&name) { Ok(Target::Attribute { name, kind }) } else { Err(error()) };
        }
        if trimmed == "ignore" || trimmed == "-" || trimmed.is_empty() {
            return Ok(Target::Ignore);
        }
        guess_field(trimmed).map(Target::Field).ok_or_else(error)
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Target::Field(field) => f.write_str(field.name()),
            Target::Attribute { name, kind } => write!(f, "attr:{name}:{}", kind.as_str()),
            Target::Ignore => f.write_str("ignore"),
        }
    }
}

/// What becomes of every column of a file, in the file's order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Mapping(pub Vec<Target>);

impl Mapping {
    /// Guesses from headers. A field is given to the first column that asks for it; columns that
    /// mean nothing known become text attributes, so that nothing is lost unseen.
    pub fn guess(columns: &[String]) -> Self {
        let mut targets: Vec<Target> = Vec::with_capacity(columns.len());
        for column in columns {
            let target = if is_report_column(column) {
                Target::Ignore
            } else {
                let field = guess_field(column).map(Target::Field).filter(|target| !targets.contains(target));
                field.unwrap_or_else(|| attribute(column, &targets))
            };
            targets.push(target);
        }
        Self(targets)
    }

    /// The column that fills `field`.
    pub fn column_of(&self, field: Field) -> Option<usize> {
        self.0.iter().position(|target| *target == Target::Field(field))
    }

    /// Replaces the target of the column named `column` (in any case) or numbered `#3`.
    /// False when there is no such column.
    #[must_use]
    pub fn set(&mut self, columns: &[String], column: &str, target: Target) -> bool {
        let number = column.trim().strip_prefix('#').and_then(|n| n.parse::<usize>().ok());
        let index = match number {
            Some(number) => number.checked_sub(1),
            None => columns.iter().position(|c| folded(c) == folded(column) || c.eq_ignore_ascii_case(column.trim())),
        };
        let Some(index) = index.filter(|index| *index < self.0.len()) else {
            return false;
        };
        // A field filled by hand is taken from the column that was guessed for it.
        if matches!(target, Target::Field(_)) {
            for other in self.0.iter_mut().filter(|other| **other == target) {
                *other = Target::Ignore;
            }
        }
        self.0[index] = target;
        true
    }

    /// Targets that two columns want, which is refused before anything is read.
    pub fn doubles(&self) -> Vec<&Target> {
        let key = |target: &Target| match target {
            Target::Field(field) => Some(field.name().to_owned()),
            Target::Attribute { name, .. } => Some(format!("attr:{name}")),
            Target::Ignore => None,
        };
        let mut seen = std::collections::HashSet::new();
        self.0.iter().filter(|target| key(target).is_some_and(|key| !seen.insert(key))).collect()
    }
}

fn attribute(column: &str, taken: &[Target]) -> Target {
    let name = attribute_name_from(column);
    let is_taken =
        |name: &str| taken.iter().any(|t| matches!(t, Target::Attribute { name: other, .. } if other == name));
    match name {
        Some(name) if !is_taken(&name) => Target::Attribute { name, kind: AttributeKind::Text },
        _ => Target::Ignore,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn guessed(headers: &str) -> Vec<String> {
        let columns: Vec<String> = headers.split('|').map(str::to_owned).collect();
        Mapping::guess(&columns).0.iter().map(Target::to_string).collect()
    }

    #[test]
    fn headers_of_three_languages_are_understood() {
        assert_eq!(
            guessed("Customer ID|First name|Last name|E-mail|Mobile|Town|Time zone|Balance|Opted out"),
            [
                "external_id",
                "first_name",
                "last_name",
                "email",
                "phone",
                "city",
                "timezone",
                "account_balance",
                "opted_out"
            ]
        );
        assert_eq!(
            guessed("Jina la kwanza|Barua pepe|Simu|Mji|Lugha|Salio"),
            ["first_name", "email", "phone", "city", "preferred_language", "account_balance"]
        );
        assert_eq!(
            guessed("PRÉNOM|Nom|Courriel|Téléphone|Ville|Solde|Désabonné"),
            ["first_name", "last_name", "email", "phone", "city", "account_balance", "opted_out"]
        );
        assert_eq!(
            guessed("first_name|preferredLanguage|last_order_at"),
            ["first_name", "preferred_language", "last_order_at"]
        );
    }

    #[test]
    fn unknown_columns_become_attributes_and_report_columns_nothing() {
        assert_eq!(
            guessed("Email|E-mail|Churn score (%)|2nd line|名|muster_reason"),
            ["email", "attr:e_mail:text", "attr:churn_score:text", "attr:x_2nd_line:text", "ignore", "ignore"]
        );
    }

    #[test]
    fn no_header_means_two_things() {
        let mut seen = std::collections::HashMap::new();
        for (field, name, words) in FIELDS {
            for word in words.split(' ').map(str::to_owned).chain([folded(name)]) {
                let before = seen.insert(word.clone(), field);
                assert!(before.is_none_or(|before| before == field), "{word}");
            }
        }
    }

    #[test]
    fn targets_are_written_and_read() {
        for text in ["city", "attr:churn_score:decimal", "ignore"] {
            assert_eq!(text.parse::<Target>().unwrap().to_string(), text);
        }
        assert_eq!("Town".parse::<Target>().unwrap().to_string(), "city");
        for text in ["nonsense", "attr:Bad Name:text", "attr:x:float"] {
            assert!(text.parse::<Target>().is_err(), "{text}");
        }
    }

    #[test]
    fn a_correction_takes_the_field_from_the_guess() {
        let columns = ["Town".to_owned(), "Home town".to_owned()];
        let mut mapping = Mapping::guess(&columns);
        assert!(mapping.set(&columns, "home town", Target::Field(Field::City)));
        assert_eq!(mapping.0, [Target::Ignore, Target::Field(Field::City)]);
        assert!(mapping.set(&columns, "#1", "attr:birth_town".parse().unwrap()));
        assert!(!mapping.set(&columns, "#3", Target::Ignore));
        assert!(!mapping.set(&columns, "County", Target::Ignore));
        assert!(mapping.doubles().is_empty());
    }
}
