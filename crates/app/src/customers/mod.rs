//! Customers: the people whom campaigns reach.

mod bulk;
mod channels;
mod edit;
mod erase;
mod export;
mod fields;
mod input;
mod list;
mod timeline;
mod view;

pub use bulk::{BulkAction, bulk};
pub use channels::{ChannelState, Consent, set_consent};
pub use edit::{create, deactivate, update};
pub use erase::{PersonExport, erase, export_person};
pub use export::{Export, ExportFormat, export};
pub use fields::{NewField, add_field, fields};
pub use input::CustomerInput;
pub use list::{CustomerFacet, CustomerQuery, facets, list, list_after};
pub use timeline::{TimelineEntry, TimelinePage, timeline};
pub use view::{AttributeView, CustomerDetail, CustomerView, get};

pub(crate) use export::neutral;
pub(crate) use input::attribute_values;
