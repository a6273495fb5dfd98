//! One file per command.

pub mod backup;
pub mod demo;
pub mod import;
pub mod init;
pub mod jobs;
pub mod openapi;
pub mod serve;
pub mod token;
