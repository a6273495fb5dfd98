//! The page behind the unsubscribe link: plain HTML, no script, in the customer's language.

use muster_app::tracking::Preferences;
use muster_domain::channel::Channel;

/// What the page says.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Shown {
    Choose,
    Unsubscribed,
    Saved,
}

struct Words {
    lang: &'static str,
    title: &'static str,
    /// `{who}`, `{channel}`, `{address}`
    ask: &'static str,
    stop: &'static str,
    stopped: &'static str,
    saved: &'static str,
    choose: &'static str,
    save: &'static str,
    channels: [&'static str; 4],
}

const EN: Words = Words {
    lang: "en",
    title: "Messages from {who}",
    ask: "You get messages from {who} by {channel} at {address}.",
    stop: "Unsubscribe from {channel}",
    stopped: "Done. {who} will not write to {address} by {channel} any more.",
    saved: "Saved. Your choice holds from now on.",
    choose: "Or choose how {who} may write to you:",
    save: "Save my choice",
    channels: ["email", "SMS", "WhatsApp", "app notification"],
};

const SW: Words = Words {
    lang: "sw",
    title: "Ujumbe kutoka {who}",
    ask: "Unapokea ujumbe kutoka {who} kwa {channel} kupitia {address}.",
    stop: "Jiondoe kwenye {channel}",
    stopped: "Imekamilika. {who} haitakuandikia tena kwa {channel} kupitia {address}.",
    saved: "Imehifadhiwa. Chaguo lako linaanza kutumika sasa.",
    choose: "Au chagua jinsi {who} inavyoweza kukuandikia:",
    save: "Hifadhi chaguo langu",
    channels: ["barua pepe", "SMS", "WhatsApp", "arifa ya programu"],
};

const FR: Words = Words {
    lang: "fr",
    title: "Messages de {who}",
    ask: "Vous recevez des messages de {who} par {channel} à l’adresse {address}.",
    stop: "Se désabonner ({channel})",
    stopped: "C’est fait. {who} n’écrira plus à {address} par {channel}.",
    saved: "Enregistré. Votre choix est valable dès maintenant.",
    choose: "Ou choisissez comment {who} peut vous écrire :",
    save: "Enregistrer mon choix",
    channels: ["e-mail", "SMS", "WhatsApp", "notification"],
};

fn words(locale: &str) -> &'static Words {
    match locale.get(..2).map(str::to_ascii_lowercase).as_deref() {
        Some("sw") => &SW,
        Some("fr") => &FR,
        _ => &EN,
    }
}

fn name(words: &Words, channel: Channel) -> &'static str {
    match channel {
        Channel::Email => words.channels[0],
        Channel::Sms => words.channels[1],
        Channel::Whatsapp => words.channels[2],
        Channel::Push => words.channels[3],
    }
}

fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

/// The page. Posts to its own address, so the token stands nowhere in the text.
pub fn page(found: &Preferences, shown: Shown) -> String {
    let words = words(&found.locale);
    let fill = |text: &str| {
        let who = escaped(&found.workspace_name);
        let (channel, address) = (name(words, found.channel), escaped(&found.masked_address));
        text.replace("{channel}", channel).replace("{address}", &address).replace("{who}", &who)
    };
    let boxes: String = found
        .channels
        .iter()
        .map(|(channel, wanted)| {
            let checked = if *wanted { " checked" } else { "" };
            let label = name(words, *channel);
            format!(r#"<label><input type="checkbox" name="channel" value="{channel}"{checked}> {label}</label>"#)
        })
        .collect();
    let first = match shown {
        Shown::Choose => format!(
            r#"<p>{}</p><form method="post"><input type="hidden" name="List-Unsubscribe" value="One-Click"><button class="main">{}</button></form>"#,
            fill(words.ask),
            fill(words.stop)
        ),
        Shown::Unsubscribed => format!(r#"<p role="status">{}</p>"#, fill(words.stopped)),
        Shown::Saved => format!(r#"<p role="status">{}</p>"#, fill(words.saved)),
    };
    let choice = format!(
        r#"<form method="post"><p>{}</p><input type="hidden" name="action" value="save">{boxes}<button>{}</button></form>"#,
        fill(words.choose),
        fill(words.save)
    );
    frame(words.lang, &fill(words.title), &format!("{first}<hr>{choice}"))
}

/// The page for a token that is not ours.
pub fn invalid() -> String {
    let text = "<p>This link is not valid or has been cut off. Open it again from the message.</p>\
        <p lang=\"sw\">Kiungo hiki si sahihi au kimekatwa. Kifungue tena kutoka kwenye ujumbe.</p>\
        <p lang=\"fr\">Ce lien n’est pas valable ou a été coupé. Ouvrez-le de nouveau depuis le message.</p>";
    frame("en", "Link not valid", text)
}

fn frame(lang: &str, title: &str, content: &str) -> String {
    format!(
        r#"<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1"><meta name="robots" content="noindex"><title>{title}</title><style>
:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;margin:0;background:#f8f7f4;color:#1d1b18}}main{{max-width:30rem;margin:12vh auto;padding:24px}}h1{{font-size:20px;line-height:28px}}
label{{display:block;padding:6px 0}}hr{{border:0;border-top:1px solid #e7e4dd;margin:24px 0}}button{{font:inherit;min-height:40px;padding:6px 16px;margin-top:12px;border-radius:6px;border:1px solid #d3cec4;background:#fff;color:inherit;cursor:pointer}}
button.main{{background:#0a6a66;border-color:#0a6a66;color:#fff}}:focus-visible{{outline:2px solid #0a6a66;outline-offset:2px}}
@media(prefers-color-scheme:dark){{body{{background:#161513;color:#edeae4}}hr{{border-color:#2d2b27}}button{{background:#1c1b18;border-color:#423f39}}button.main{{background:#147b74;border-color:#147b74}}:focus-visible{{outline-color:#55c4b7}}}}
</style></head><body><main><h1>{title}</h1>{content}</main></body></html>"#
    )
}
