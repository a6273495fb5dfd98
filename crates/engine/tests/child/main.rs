//! Scripts as real processes, within real limits. Time is real too: the kernel knows no virtual one. Nothing here waits for a
//! time to pass; what a script does next is known by the lines that it says.
#![cfg(target_os = "linux")]

mod ends;
mod limits;
mod says;
mod stage;
