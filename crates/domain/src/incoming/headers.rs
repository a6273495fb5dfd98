//! The fields of a mail that say who wrote, to whom, and what it is about.

use mail_parser::{Address, Header, HeaderValue, Message};

use super::{MAX_NAMED, clean};

/// The fields at the top of a mail.
pub(super) struct Headers<'a> {
    fields: &'a [Header<'a>],
    raw: &'a [u8],
}

impl<'a> Headers<'a> {
    pub(super) fn of(mail: &'a Message<'a>) -> Self {
        let fields = mail.parts.first().map_or(&[][..], |part| &part.headers);
        Self { fields, raw: &mail.raw_message }
    }

    fn named(&self, name: &str) -> impl Iterator<Item = &'a Header<'a>> {
        self.fields.iter().filter(move |field| field.name.as_str().eq_ignore_ascii_case(name)).take(MAX_NAMED)
    }

    pub(super) fn has(&self, name: &str) -> bool {
        self.named(name).next().is_some()
    }

    /// A field as it stands there.
    pub(super) fn text(&self, name: &str) -> Option<String> {
        self.named(name).next().map(|field| self.written(field))
    }

    fn written(&self, field: &Header<'_>) -> String {
        let bytes = self.raw.get(field.offset_start as usize..field.offset_end as usize).unwrap_or_default();
        clean(&String::from_utf8_lossy(bytes), 4_000)
    }

    /// The ids in a field, without brackets.
    pub(super) fn ids(&self, name: &str) -> Vec<String> {
        let found = self.named(name).flat_map(|field| texts(&field.value));
        found.map(|id| clean(id.trim_matches(['<', '>', ' ']), 998)).filter(|id| !id.is_empty()).collect()
    }

    /// `Name <address>` and the address alone.
    pub(super) fn sender(&self) -> (String, String) {
        let first = |name: &str| {
            self.named(name).find_map(|field| match &field.value {
                HeaderValue::Address(list) => first_of(list),
                _ => None,
            })
        };
        let Some((name, address)) = first("From").or_else(|| first("Sender")) else { return Default::default() };
        let address = clean(&address, 320).to_lowercase();
        let name = clean(&name, 150).replace(['<', '>', '"'], "");
        if name.trim().is_empty() {
            return (address.clone(), address);
        }
        (format!("{} <{address}>", name.trim()), address)
    }

    /// The addresses in these fields, as they are written.
    pub(super) fn addresses(&self, names: &[&str]) -> Vec<String> {
        let fields = names.iter().flat_map(|name| self.named(name));
        fields.flat_map(|field| in_text(&self.written(field))).take(MAX_NAMED).collect()
    }
}

fn first_of(list: &Address<'_>) -> Option<(String, String)> {
    let first = list.iter().find(|one| one.address.as_ref().is_some_and(|address| address.contains('@')))?;
    let text = |text: &Option<std::borrow::Cow<'_, str>>| text.as_deref().unwrap_or_default().to_owned();
    Some((text(&first.name), text(&first.address)))
}

fn texts<'a>(value: &'a HeaderValue<'_>) -> Vec<&'a str> {
    match value {
        HeaderValue::Text(text) => vec![text.as_ref()],
        HeaderValue::TextList(list) => list.iter().take(100).map(AsRef::as_ref).collect(),
        _ => Vec::new(),
    }
}

/// What looks like an address in a text.
pub(super) fn in_text(text: &str) -> Vec<String> {
    let parted = |c: char| c.is_whitespace() || matches!(c, '<' | '>' | ',' | ';' | '"' | '(' | ')');
    let words = text.split(parted).filter(|word| word.contains('@') && word.len() <= 320);
    words.take(MAX_NAMED).map(str::to_owned).collect()
}
