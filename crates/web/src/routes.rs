//! Every address of the interface.

use crate::pages::{
    authorize, bin, connections, convert, dashboards, dev_kit, edit, front_door, home, list, outbox, password,
    programs, record, remove, report, reports, schedules, search, setup, sign_in, unsubscribe, webhooks,
};
use crate::server::Verb::{Get, Post};
use crate::server::{Route, headers, member, not_found, public, serve};
use crate::{WebState, kit};
use axum::Router;
use axum::extract::{RawPathParams, Request};
use axum::response::{IntoResponse, Response};
use axum::routing::{MethodFilter, get, on};
use http::{HeaderValue, StatusCode, header};

/// The routes, each with its page. Who may ask is part of the page's type: see [`Route::access`].
pub const ROUTES: &[Route] = &[
    public(Get, "/", sign_in::door),
    public(Get, "/sign-in", sign_in::form),
    public(Post, "/sign-in", sign_in::submit),
    member(Post, "/sign-out", sign_in::leave),
    public(Get, "/services/oauth2/authorize", authorize::ask),
    member(Post, "/services/oauth2/authorize", authorize::answer),
    public(Get, "/secur/frontdoor.jsp", front_door::enter),
    member(Get, "/home", home::page),
    member(Get, "/o/{object}", list::page),
    member(Get, "/o/{object}/export.csv", list::export),
    member(Get, "/new/{object}", edit::new),
    member(Post, "/new/{object}", edit::create),
    member(Get, "/lookup/{object}", edit::lookup),
    member(Get, "/r/{id}", record::page),
    member(Get, "/r/{id}/edit", edit::edit),
    member(Post, "/r/{id}/edit", edit::save),
    member(Get, "/r/{id}/report.csv", report::csv),
    member(Get, "/r/{id}/report.xlsx", report::xlsx),
    member(Get, "/r/{id}/report.pdf", report::pdf),
    member(Get, "/r/{id}/convert", convert::form),
    member(Post, "/r/{id}/convert", convert::convert),
    member(Get, "/r/{id}/delete", remove::confirm),
    member(Post, "/r/{id}/delete", remove::delete),
    member(Post, "/r/{id}/undelete", remove::undelete),
    member(Get, "/r/{id}/connections", connections::list),
    member(Post, "/r/{id}/connections", connections::end),
    member(Get, "/r/{id}/password", password::form),
    member(Post, "/r/{id}/password", password::change),
    member(Get, "/reports", reports::list),
    member(Get, "/reports/new", reports::new),
    member(Post, "/reports/new", reports::create),
    member(Get, "/reports/columns", reports::columns),
    member(Get, "/reports/{id}/edit", reports::edit),
    member(Post, "/reports/{id}/edit", reports::save),
    member(Get, "/dashboards", dashboards::list),
    member(Get, "/dashboards/new", dashboards::new),
    member(Post, "/dashboards/new", dashboards::create),
    member(Get, "/dashboards/{id}/edit", dashboards::edit),
    member(Post, "/dashboards/{id}/edit", dashboards::save),
    member(Post, "/dashboards/{id}/refresh", dashboards::refresh),
    member(Post, "/dashboards/{id}/agreement", dashboards::agreement),
    member(Get, "/bin", bin::page),
    member(Get, "/programs", programs::list),
    member(Post, "/programs", programs::change),
    member(Get, "/programs/new", programs::form),
    member(Post, "/programs/new", programs::register),
    member(Get, "/webhooks", webhooks::list),
    member(Get, "/webhooks/new", webhooks::new),
    member(Post, "/webhooks/new", webhooks::create),
    member(Get, "/webhooks/{id}", webhooks::page),
    member(Post, "/webhooks/{id}", webhooks::act),
    member(Get, "/webhooks/{id}/edit", webhooks::edit),
    member(Post, "/webhooks/{id}/edit", webhooks::save),
    member(Get, "/setup/objects", setup::list),
    member(Get, "/setup/objects/new", setup::new),
    member(Post, "/setup/objects/new", setup::create),
    member(Get, "/setup/objects/{object}", setup::page),
    member(Post, "/setup/objects/{object}", setup::change),
    member(Get, "/setup/objects/{object}/edit", setup::edit),
    member(Post, "/setup/objects/{object}/edit", setup::save),
    member(Get, "/setup/objects/{object}/sharing", setup::sharing),
    member(Post, "/setup/objects/{object}/sharing", setup::share),
    member(Get, "/setup/objects/{object}/sharing/new", setup::new_sharing_rule),
    member(Post, "/setup/objects/{object}/sharing/new", setup::create_sharing_rule),
    member(Get, "/setup/objects/{object}/fields/new", setup::new_field),
    member(Post, "/setup/objects/{object}/fields/new", setup::create_field),
    member(Get, "/setup/objects/{object}/fields/{field}", setup::edit_field),
    member(Post, "/setup/objects/{object}/fields/{field}", setup::change_field),
    member(Get, "/setup/objects/{object}/rules/new", setup::new_rule),
    member(Post, "/setup/objects/{object}/rules/new", setup::create_rule),
    member(Get, "/setup/objects/{object}/rules/{rule}", setup::edit_rule),
    member(Post, "/setup/objects/{object}/rules/{rule}", setup::change_rule),
    member(Get, "/search", search::page),
    member(Get, "/search/suggest", search::suggest),
    member(Get, "/outbox", outbox::list),
    member(Get, "/outbox/{seq}", outbox::message),
    member(Get, "/outbox/{seq}/html", outbox::html),
    member(Get, "/outbox/{seq}/source", outbox::source),
    member(Get, "/outbox/{seq}/attachments/{part}", outbox::attachment),
    member(Get, "/schedules", schedules::list),
    member(Get, "/schedules/new", schedules::new),
    member(Post, "/schedules/new", schedules::create),
    member(Get, "/schedules/{id}", schedules::page),
    member(Post, "/schedules/{id}", schedules::act),
    member(Get, "/schedules/{id}/edit", schedules::edit),
    member(Post, "/schedules/{id}/edit", schedules::save),
    member(Get, "/delivery-runs/{id}", schedules::run),
    member(Post, "/delivery-runs/{id}", schedules::decide),
    member(Get, "/deliveries", schedules::operations),
    member(Post, "/deliveries", schedules::operate),
    public(Get, "/u/{org}/{token}", unsubscribe::ask),
    public(Post, "/u/{org}/{token}", unsubscribe::leave),
    member(Get, "/dev/kit", dev_kit::page),
    member(Get, "/dev/kit/{plate}", dev_kit::page),
];

/// The interface as a service.
pub fn router(state: WebState) -> Router {
    let mut router = Router::new().route("/assets/{version}/{name}", get(asset));
    for route in ROUTES {
        let state = state.clone();
        let method = match route.verb {
            Get => MethodFilter::GET,
            Post => MethodFilter::POST,
        };
        router = router.route(
            route.path,
            on(method, async move |captured: RawPathParams, request: Request| {
                serve(route, state.clone(), captured, request).await
            }),
        );
    }
    router.fallback(async move |request: Request| not_found(state.clone(), request).await)
}

/// A stylesheet or script. Addresses change with the content, so that a browser keeps them for ever.
async fn asset(request: Request) -> Response {
    let Some(asset) = kit::assets::find(request.uri().path()) else { return StatusCode::NOT_FOUND.into_response() };
    let mut response = asset.content.into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(asset.content_type));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static(kit::assets::CACHE_CONTROL));
    headers::complete(&mut response, false);
    response
}
