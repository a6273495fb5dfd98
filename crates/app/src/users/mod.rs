//! The people of a workspace, where they are signed in, and the tokens of their programs.

mod manage;
mod own;
mod sessions;
mod tokens;

pub use manage::{Invited, NewUser, TemporaryPassword, UserChange, UserView, invite, list, reset_password, update};
pub use own::{OwnChange, PasswordChange, change_own, change_password};
pub use sessions::{SessionView, end_all, end_one, list as list_sessions};
pub use tokens::{
    IssuedToken, NewToken, TokenView, create as create_token, list as list_tokens, revoke as revoke_token,
};
