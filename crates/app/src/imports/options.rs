//! How a file is to be read and what happens to customers who are there already.

use muster_domain::import::{DateOrder, DecimalMark, FileShape, Mapping, ParseOptions, Sniffed, Target};
use muster_domain::import::{Field, zone};
use muster_domain::phone::Region;
use muster_domain::problem::Problem;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{AppError, AppResult};

muster_domain::text_enum! {
    /// What customers are recognised by.
    pub enum ImportKey {
        ExternalId = "external_id" | "externalId",
        Email = "email",
        Phone = "phone",
    }
}

muster_domain::text_enum! {
    /// What happens to a row whose customer is there already.
    pub enum OnDuplicate {
        /// The row changes the customer.
        Update = "update",
        /// The row is passed over and counted.
        Skip = "skip",
        /// The row is rejected.
        Fail = "fail",
    }
}

impl ImportKey {
    /// The field that a column must fill for this key.
    pub fn field(self) -> Field {
        match self {
            Self::ExternalId => Field::ExternalId,
            Self::Email => Field::Email,
            Self::Phone => Field::Phone,
        }
    }
}

/// What becomes of one column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct ColumnTarget {
    /// Name of the column in the file.
    pub column: String,
    /// A field such as `city`, `attr:NAME:text|number|decimal|bool|date`, or `ignore`.
    pub target: String,
}

/// Everything that must be known to read a file; kept with the import.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportOptions {
    pub shape: FileShape,
    /// One entry for every column, in the file's order.
    pub mapping: Vec<ColumnTarget>,
    /// Country of phone numbers without country code, such as `KE`.
    pub region: String,
    pub key: ImportKey,
    pub on_duplicate: OnDuplicate,
    pub decimal_mark: DecimalMark,
    pub date_order: DateOrder,
    /// IANA name: the clock of customers without one of their own.
    pub timezone: String,
    /// Rows, about, for the time left.
    pub estimated_rows: u64,
}

/// What a person changes of the options; what is left out stays.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ImportOptionsInput {
    pub shape: Option<FileShape>,
    pub mapping: Option<Vec<ColumnTarget>>,
    pub region: Option<String>,
    pub key: Option<ImportKey>,
    pub on_duplicate: Option<OnDuplicate>,
    pub decimal_mark: Option<DecimalMark>,
    pub date_order: Option<DateOrder>,
}

impl ImportOptions {
    /// What a first look at the file suggests.
    pub fn guessed(sniffed: &Sniffed, region: Region, timezone: &str) -> Self {
        let has = |field| sniffed.mapping.column_of(field).is_some();
        let key = match (has(Field::ExternalId), has(Field::Email)) {
            (true, _) => ImportKey::ExternalId,
            (false, true) => ImportKey::Email,
            (false, false) => ImportKey::Phone,
        };
        Self {
            shape: sniffed.shape.clone(),
            mapping: columns(&sniffed.shape, &sniffed.mapping),
            region: region.to_string(),
            key,
            on_duplicate: OnDuplicate::Update,
            decimal_mark: sniffed.decimal_mark,
            date_order: sniffed.date_order,
            timezone: timezone.to_owned(),
            estimated_rows: sniffed.estimated_rows,
        }
    }

    /// Takes over what a person has changed. A new shape brings its own columns: `sniffed` is the look at it.
    pub fn change(&mut self, input: ImportOptionsInput, sniffed: Option<&Sniffed>) {
        if let Some(sniffed) = sniffed {
            self.shape = sniffed.shape.clone();
            self.mapping = columns(&sniffed.shape, &sniffed.mapping);
            self.estimated_rows = sniffed.estimated_rows;
        }
        if let Some(mapping) = input.mapping {
            for given in mapping {
                if let Some(own) = self.mapping.iter_mut().find(|own| own.column == given.column) {
                    own.target = given.target;
                }
            }
        }
        self.region = input.region.unwrap_or(std::mem::take(&mut self.region));
        self.key = input.key.unwrap_or(self.key);
        self.on_duplicate = input.on_duplicate.unwrap_or(self.on_duplicate);
        self.decimal_mark = input.decimal_mark.unwrap_or(self.decimal_mark);
        self.date_order = input.date_order.unwrap_or(self.date_order);
    }

    /// The mapping, read; every target that is wrong is named.
    pub fn mapping(&self) -> AppResult<Mapping> {
        let mut problems = Vec::new();
        let mut targets = Vec::with_capacity(self.mapping.len());
        for (index, column) in self.mapping.iter().enumerate() {
            match column.target.parse::<Target>() {
                Ok(target) => targets.push(target),
                Err(error) => problems.push(Problem::new(
                    format!("mapping[{index}].target"),
                    "unknown_target",
                    format!("{}: {error}", column.column),
                )),
            }
        }
        if problems.is_empty() { Ok(Mapping(targets)) } else { Err(AppError::problems(problems)) }
    }

    /// How values are to be understood.
    pub fn parse_options(&self) -> AppResult<ParseOptions> {
        let region = self.region.parse().map_err(|e: muster_domain::phone::RegionError| {
            AppError::problems(vec![Problem::new("region", "bad_region", e.to_string())])
        })?;
        Ok(ParseOptions {
            region,
            decimal_mark: self.decimal_mark,
            date_order: self.date_order,
            timezone: zone(&self.timezone).unwrap_or_default(),
        })
    }

    /// Refuses what cannot work before a row is read.
    pub fn check(&self) -> AppResult<Mapping> {
        self.parse_options()?;
        let mapping = self.mapping()?;
        let mut problems = Vec::new();
        for double in mapping.doubles() {
            problems.push(Problem::new(
                "mapping",
                "mapped_twice",
                format!("Two columns fill {double}. Choose one and ignore the other."),
            ));
        }
        if mapping.column_of(self.key.field()).is_none() {
            let message = format!(
                "Customers are to be recognised by {}, but no column fills it. Map one, or choose another key.",
                self.key
            );
            problems.push(Problem::new("key", "key_not_mapped", message));
        }
        if problems.is_empty() { Ok(mapping) } else { Err(AppError::problems(problems)) }
    }
}

fn columns(shape: &FileShape, mapping: &Mapping) -> Vec<ColumnTarget> {
    let targets = mapping.0.iter().map(ToString::to_string);
    shape.columns.iter().cloned().zip(targets).map(|(column, target)| ColumnTarget { column, target }).collect()
}
