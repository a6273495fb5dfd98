//! Scenario tests: one program, so that it links once. One file per area, in alphabetical order.

mod access;
mod home;
mod campaigns;
mod offers;
mod providers;
mod settings;
