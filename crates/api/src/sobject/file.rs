//! `GET /sobjects/Attachment/{id}/Body`, `GET /sobjects/ContentVersion/{id}/VersionData`

use crate::call::Call;
use crate::reply::Reply;
use model::Result;
use platform::Ctx;

pub(crate) fn attachment_body(ctx: &Ctx, call: &Call) -> Result<Reply> {
    ctx.content_open("Attachment", call.id()?, "Body").map(Reply::file)
}

pub(crate) fn version_data(ctx: &Ctx, call: &Call) -> Result<Reply> {
    ctx.content_open("ContentVersion", call.id()?, "VersionData").map(Reply::file)
}
