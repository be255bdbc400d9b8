//! Who is signed in, as `login` and `getUserInfo` tell it.

use super::envelope::element;
use platform::Ctx;

pub(super) fn user_info(ctx: &Ctx) -> String {
    let (user, settings) = (ctx.user(), ctx.settings());
    let optional = |id: Option<model::RecordId>| id.map(|id| id.to_string()).unwrap_or_default();
    [
        element("currencySymbol", &settings.currency),
        element("orgDefaultCurrencyIsoCode", &settings.currency),
        element("organizationId", &ctx.org().id().to_string()),
        element("organizationMultiCurrency", "false"),
        element("organizationName", &settings.name),
        element("profileId", &optional(user.profile_id)),
        element("roleId", &optional(user.role)),
        element("userEmail", &user.email),
        element("userFullName", &user.name),
        element("userId", &user.id.to_string()),
        element("userLanguage", &user.language),
        element("userLocale", &user.locale),
        element("userName", &user.username),
        element("userTimeZone", &user.zone_name),
        element("userType", "Standard"),
    ]
    .concat()
}
