//! What a file seems to be.

use serde::{Deserialize, Serialize};

use super::encoding::Encoding;

/// What separates the columns of a text file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "lowercase")]
pub enum Delimiter {
    /// `,`
    Comma,
    /// `;`
    Semicolon,
    /// The tab character.
    Tab,
    /// `|`
    Pipe,
}

impl Delimiter {
    pub(super) const ALL: [Delimiter; 4] = [Delimiter::Comma, Delimiter::Semicolon, Delimiter::Tab, Delimiter::Pipe];

    /// The character.
    pub fn byte(self) -> u8 {
        match self {
            Delimiter::Comma => b',',
            Delimiter::Semicolon => b';',
            Delimiter::Tab => b'\t',
            Delimiter::Pipe => b'|',
        }
    }
}

/// The kind of a file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(tag = "kind", rename_all = "lowercase")]
pub enum Format {
    /// Delimited text.
    Csv {
        /// How its bytes become text.
        encoding: Encoding,
        /// What separates its columns.
        delimiter: Delimiter,
    },
    /// A workbook of Excel 2007 or later.
    Xlsx {
        /// The sheet to read.
        sheet: String,
    },
}

/// What must be known of a file to read its rows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, utoipa::ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct FileShape {
    /// The kind of file.
    pub format: Format,
    /// Whether the first row names the columns.
    pub has_header: bool,
    /// The names of the columns, made up (`Column 1`) where there is no header; no two alike.
    pub columns: Vec<String>,
}
