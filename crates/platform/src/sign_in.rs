//! The service under whose name people sign in, before it is known who they are.

use policy::{Service, ServiceGrant};

/// Looks up who wants to sign in, and writes what came of it to the audit log.
pub static SIGN_IN: Service = Service {
    name: "sign-in",
    purpose: "Finds the user behind a username, notes when they last signed in, and writes each sign-in, refusal and \
              end of a session to the audit log. What it reads decides about the sign-in and goes to nobody.",
    grants: &[ServiceGrant::edit("User")],
};
