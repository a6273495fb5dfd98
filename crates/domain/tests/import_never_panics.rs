//! Whatever bytes come, the import answers with rows, rejections or an error; it never panics.

use std::io::Cursor;
use std::ops::ControlFlow;

use muster_domain::email_address::EmailAddress;
use muster_domain::import::{Mapping, ParseOptions, Row, RowParser, Target, rows, sniff};
use muster_domain::phone::Phone;
use proptest::prelude::*;

fn options() -> ParseOptions {
    ParseOptions {
        region: "KE".parse().unwrap(),
        decimal_mark: Default::default(),
        date_order: Default::default(),
        timezone: chrono_tz::Africa::Nairobi,
    }
}

/// Sniffs and reads bytes to the end; every row that is not blank is a customer or a rejection.
fn read_all(bytes: &[u8]) {
    let Ok(sniffed) = sniff(Cursor::new(bytes), None) else {
        return;
    };
    assert_eq!(sniffed.mapping.0.len(), sniffed.shape.columns.len());
    let parser = RowParser::new(sniffed.shape.columns.clone(), sniffed.mapping, options());
    let _ = rows::visit(Cursor::new(bytes), &sniffed.shape, &mut |row| {
        match parser.parse(&row) {
            Ok(draft) => assert!(row.cells.len() >= sniffed.shape.columns.len(), "{draft:?}"),
            Err(rejection) => assert!(!rejection.problems.is_empty()),
        }
        ControlFlow::Continue(())
    });
}

/// Text made of the pieces that parsers stumble over.
fn awkward() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just("\"".to_owned()),
        Just("\n".to_owned()),
        Just("\r".to_owned()),
        Just(",".to_owned()),
        Just(";".to_owned()),
        Just("\u{feff}".to_owned()),
        Just("'=".to_owned()),
        Just("٣".to_owned()),
        Just("é".to_owned()),
        Just("+254".to_owned()),
        Just("e".to_owned()),
        Just("-".to_owned()),
        Just("@".to_owned()),
        Just("T:".to_owned()),
        Just("31/02/2020".to_owned()),
        "[0-9]{1,20}",
        "[0-9,. ]{1,12}",
        any::<String>(),
    ];
    prop::collection::vec(piece, 0..12).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(400) })]

    #[test]
    fn bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..400)) {
        read_all(&bytes);
        let mut workbook = b"PK\x03\x04".to_vec();
        workbook.extend_from_slice(&bytes);
        read_all(&workbook);
    }

    #[test]
    fn text_below_a_header_is_read_or_refused(lines in prop::collection::vec(awkward(), 0..8)) {
        read_all(format!("Email,Phone,Balance,Registered\n{}", lines.join(",")).as_bytes());
        let units: Vec<u8> = lines.concat().encode_utf16().flat_map(u16::to_le_bytes).collect();
        read_all(&[&[0xFF, 0xFE][..], &units].concat());
    }

    #[test]
    fn every_field_takes_any_text(text in awkward(), line in any::<u64>()) {
        let fields: Vec<Target> = muster_domain::import::Field::all().map(Target::Field).collect();
        let kinds = ["text", "number", "decimal", "bool", "date"].map(|kind| format!("attr:x_{kind}:{kind}").parse().unwrap());
        let targets: Vec<Target> = fields.into_iter().chain(kinds).collect();
        let columns: Vec<String> = targets.iter().map(Target::to_string).collect();
        let row = Row { line, lines: 1, cells: vec![text; columns.len()] };
        let _ = RowParser::new(columns, Mapping(targets), options()).parse(&row);
    }

    #[test]
    fn addresses_are_stable(text in awkward()) {
        if let Ok(email) = EmailAddress::parse(&text) {
            prop_assert_eq!(EmailAddress::parse(email.as_str()), Ok(email.clone()));
        }
        let region = "KE".parse().unwrap();
        if let Ok(phone) = Phone::parse(&text, region) {
            prop_assert_eq!(Phone::parse(phone.as_str(), region), Ok(phone.clone()));
        }
    }
}
