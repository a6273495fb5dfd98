//! The made-up customers of the sample workspace, as the spreadsheet that a person would import.

use std::fmt::Write;

use muster_domain::clock::Millis;
use muster_domain::time::{DAY, date};

const TELECOM: usize = 420;
const BROKERS: usize = 150;

const FIRST: &[&str] = &[
    "Wanjiku", "Otieno", "Achieng", "Mwangi", "Njeri", "Kiprono", "Fatuma", "Musa", "Halima", "Tabitha", "Kipchoge",
    "Wairimu", "Nafula", "Joseph", "Zawadi", "Samuel", "Amani", "Barasa", "Chebet", "Juma", "Akinyi", "Kamau",
    "Naliaka", "Rehema", "Simiyu", "Wambui", "Yusuf", "Atieno", "Kibet", "Makena",
];
const LAST: &[&str] = &[
    "Kamau",
    "Ochieng",
    "Otieno",
    "Njoroge",
    "Gathoni",
    "Cheruiyot",
    "Abdalla",
    "Hassan",
    "Omar",
    "Moraa",
    "Rotich",
    "Kangethe",
    "Wekesa",
    "Mbugua",
    "Mutua",
    "Kiptoo",
    "Mutiso",
    "Wafula",
    "Chepkemoi",
    "Mwakio",
    "Onyango",
    "Maina",
    "Nekesa",
    "Mohamed",
    "Wanyama",
    "Kariuki",
    "Adan",
];
const CITIES: &[&str] = &[
    "Nairobi", "Mombasa", "Kisumu", "Nakuru", "Eldoret", "Thika", "Nairobi", "Nyeri", "Machakos", "Nairobi", "Kakamega",
];
const TIERS: &[&str] =
    &["Basic", "Silver", "Gold", "Silver", "Basic", "VIP", "Gold", "Silver", "Basic", "Gold", "Diamond"];
const TYPES: &[&str] = &["Prepaid", "Prepaid", "Prepaid", "Postpaid", "Prepaid", "SME", "Prepaid"];
const CHANNELS: &[&str] = &["sms", "sms", "email", "sms", "whatsapp", "sms", "email"];
const PRODUCTS: &[&str] = &["Data bundles", "Airtime", "SMS bundles", "Fibre", "Mobile money"];

/// Header and rows. The same every time, but for the dates, which count back from now.
pub fn spreadsheet(now: Millis) -> String {
    let mut out = String::from(
        "external_id,first_name,last_name,email,phone,city,tier,client_type,preferred_language,preferred_channel,\
         preferred_product,account_balance,currency,timezone,registration_date,first_purchase_date,last_purchase_date,last_order_at\n",
    );
    for n in 0..TELECOM {
        let kind = pick(TYPES, n, 5);
        row(&mut out, n, kind, "JM", pick(CHANNELS, n, 7), now);
    }
    for n in TELECOM..TELECOM + BROKERS {
        row(&mut out, n, "Broker", "BR", "email", now);
    }
    out
}

fn row(out: &mut String, n: usize, kind: &str, prefix: &str, channel: &str, now: Millis) {
    let days = |at_most: u64, salt: u64| date(now - (1 + (mix(n, salt) % at_most) as i64) * DAY);
    let language = if mix(n, 3) % 5 < 2 { "sw" } else { "en" };
    let balance = mix(n, 11) % 400_000;
    let registered = date(now - (400 + (mix(n, 2) % 1_800) as i64) * DAY);
    // Writing to a String cannot fail.
    let _ = writeln!(
        out,
        "{prefix}-{:05},{},{},{},+2547{:08},{},{},{kind},{language},{channel},{},{}.{:02},KES,Africa/Nairobi,{registered},{registered},{},{}",
        40_000 + n * 7,
        pick(FIRST, n, 21),
        pick(LAST, n, 22),
        address(n),
        mix(n, 31) % 100_000_000,
        pick(CITIES, n, 23),
        pick(TIERS, n, 24),
        pick(PRODUCTS, n, 25),
        balance / 100,
        balance % 100,
        days(120, 41),
        days(120, 42),
    );
}

fn address(n: usize) -> String {
    format!("{}.{}{n}@example.com", pick(FIRST, n, 21).to_lowercase(), pick(LAST, n, 22).to_lowercase())
}

fn pick(words: &[&'static str], n: usize, salt: u64) -> &'static str {
    words.get(mix(n, salt) as usize % words.len()).copied().unwrap_or_default()
}

/// Spreads small numbers (SplitMix64): looks random, is the same every time.
fn mix(n: usize, salt: u64) -> u64 {
    let mut z = (n as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) ^ salt.wrapping_mul(0xd6e8_feb8_6659_fd93);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_has_an_address_of_their_own() {
        let text = spreadsheet(1_795_000_000_000);
        let rows: Vec<Vec<&str>> = text.lines().skip(1).map(|line| line.split(',').collect()).collect();
        assert_eq!(rows.len(), TELECOM + BROKERS);
        for column in [0, 3, 4] {
            let unique: std::collections::HashSet<_> = rows.iter().map(|row| row[column]).collect();
            assert_eq!(unique.len(), rows.len(), "column {column}");
        }
        assert!(rows.iter().all(|row| row.len() == 18 && row[3].ends_with("@example.com")));
    }
}
