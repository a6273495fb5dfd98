//! Scenario tests: one program, so that it links once. One file per area, in alphabetical order.

mod access;
mod approvals;
mod campaigns;
mod customer_import;
mod customers;
mod home;
mod offers;
mod providers;
mod settings;
