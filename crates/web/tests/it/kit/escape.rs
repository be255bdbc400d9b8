//! Text from people stays text, in every part.

use super::html::tags;
use maud::{Markup, Render, html};
use web::kit::*;

const ATTACK: &str = r#""'><script>alert(1)</script><img src=x onerror=alert(1)>&"#;

fn parts() -> Vec<(&'static str, Markup)> {
    let a = ATTACK;
    let text = || html! { (ATTACK) };
    let table = || {
        Table::new(
            a,
            vec![Column::text(a).unit(a).sort(a, Some(Order::Ascending)), Column::number(a)],
            vec![
                Row::new(vec![Cell::text(a), Cell::link(a, a)]).href(a).edit(a).select(a, a, true),
                Row::new(vec![Cell::moment(a, a, a), Cell::badge(Badge::new(a, Tone::Good))]).subtotal(),
                Row::new(vec![Cell::or_blank(Some(a))]).heading(),
            ],
        )
        .totals(vec![Cell::text(a), Cell::blank()])
        .note(a)
        .selection(Selection::new("chosen", a, vec![Button::submit(a).form_action(a)]))
    };
    let shell = Shell::new(
        a,
        vec![RailGroup::new(a, vec![RailItem::new(a, a, Icon::Home).count(a)])],
        Person::new(a, a, vec![MenuItem::link(a, a)]),
    )
    .home(a)
    .lang(a)
    .create(vec![MenuItem::link(a, a)])
    .banner(Banner::new(Tone::Warn, text()))
    .flash(Flash::new(Tone::Good, a));
    vec![
        ("avatar", Avatar::new(a).seed(a).render()),
        ("person tag", PersonTag::new(a).href(a).render()),
        ("badge", Badge::new(a, Tone::Bad).render()),
        ("banner", Banner::new(Tone::Info, text()).actions(text()).render()),
        ("submit", Button::submit(a).named(a, a).form(a).form_action(a).opens(a).render()),
        ("link", Button::link(a, a).icon_only(Icon::Plus).partial(a).render()),
        ("close", Button::close_dialog(a, a).render()),
        ("unavailable", Button::submit(a).unavailable(a).render()),
        ("chart", ChartFrame::new(a, "<svg></svg>", table()).subtitle(a).note(a).render()),
        ("chip", Chip::new(a, a).edit(a).remove(a).render()),
        ("crumbs", Crumbs::new().link(a, a).render()),
        ("dialog", Dialog::new("asks", a, text(), text()).posts_to(a, a).render()),
        ("empty", Empty::new(Icon::List, a).action(Button::link(a, a)).render()),
        ("error page", ErrorPage::new(a, a).reference(a).action(Button::link(a, a)).render()),
        ("refusal", Refusal::new(a, a, vec![a.into()]).render()),
        ("key facts", KeyFacts::new().fact(a, a).render()),
        (
            "details",
            DetailList::new(vec![Detail::new(a, a).help(a).why(a).edit(a), Detail::blank(a)]).title(a).render(),
        ),
        (
            "input",
            Field::new(a, Input::text(a).value(a).placeholder(a).prefix(a).suffix(a))
                .id("one")
                .help(a)
                .error(a)
                .render(),
        ),
        ("area", Field::new(a, TextArea::new(a).value(a)).id("two").render()),
        (
            "select",
            Field::new(a, Select::new(a, vec![Choice::new(a, a).group(a)]).selected("gone").blank(a))
                .id("three")
                .render(),
        ),
        ("radio", Field::new(a, RadioGroup::new(a, vec![Choice::new(a, a).detail(a)])).id("four").render()),
        ("checkbox", Field::new(a, Checkbox::new(a, true).value(a)).id("five").render()),
        (
            "lookup",
            Field::new(a, Lookup::new(a, a).text(a).placeholder(a).matches(vec![LookupChoice::new(a, a).detail(a)]))
                .id("six")
                .render(),
        ),
        ("chosen", Field::new(a, Lookup::new(a, a).chosen(LookupChoice::new(a, a))).id("seven").render()),
        ("flash", Flash::new(Tone::Bad, a).link(a, a).undo(Undo::new(a, a).field(a, a)).render()),
        (
            "form",
            Form::post(a, a)
                .hidden(a, a)
                .error(a)
                .section(
                    Section::new(vec![
                        Field::new(a, Input::text("x")).error(a),
                        Field::new(a, Input::text("y")).error(a),
                    ])
                    .title(a)
                    .help(a),
                )
                .action(Button::submit(a))
                .render(),
        ),
        ("header", Header::new(a).kind(a).subtitle(text()).badge(Badge::new(a, Tone::Info)).actions(text()).render()),
        (
            "menu",
            Menu::new(a, vec![MenuItem::link(a, a), MenuItem::post(a, a, a), MenuItem::Heading(a.into())])
                .face(text())
                .render(),
        ),
        ("pager", Pager::new(a).previous(Some(a)).next(Some(a)).size(a, a, true).render()),
        ("panel", Panel::new(text()).title(a).subtitle(a).count(a).foot(text()).render()),
        ("progress", Progress::new(a, 1, 2).words(a).render()),
        ("slim progress", Progress::unknown(a).slim().render()),
        ("search box", SearchBox::new("eight", a, a).value(a).name(a).keep(a, a).partial(a).page_filter().render()),
        ("stat", Stat::new(a, a).unit(a).trend(Trend::up(a, Tone::Good).against(a)).note(a).href(a).why(a).render()),
        ("steps", Steps::new(a, vec![Step::new(a).href(a), Step::new(a)], 1).render()),
        ("table", table().render()),
        ("empty table", Table::new(a, vec![Column::text(a)], vec![]).empty(Empty::new(Icon::List, a)).render()),
        ("tabs", Tabs::new(a, vec![Tab::new(a, a).count(a).current(true)]).render()),
        ("timeline", Timeline::new().group(a, vec![Event::new(Icon::Note, text(), text()).body(text())]).render()),
        ("toolbar", Toolbar::new().search(SearchBox::new("nine", a, a)).chip(Chip::new(a, a)).render()),
        (
            "text",
            html! { (moment(a, a, a)) (key(a)) (keys(&[a])) (copyable(a, a)) (why(a, a)) (visually_hidden(a)) (Icon::Home.labelled(a)) },
        ),
        ("page", Page::new(&shell, a, text()).header(Header::new(a)).render()),
        ("bare page", BarePage::new(a, text()).foot(text()).lang(a).render()),
    ]
}

#[test]
fn markup_in_text_is_shown_never_obeyed() {
    for (part, markup) in parts() {
        let html = markup.into_string();
        // An avatar shows initials alone.
        assert!(part == "avatar" || html.contains("&lt;script&gt;"), "{part} does not show its text");
        for tag in tags(&html) {
            assert_ne!(tag.name, "img", "{part}");
            assert!(tag.name != "script" || tag.get("src").is_some_and(|src| src.starts_with("/assets/")), "{part}");
            assert!(tag.attributes().all(|(name, _)| !name.starts_with("on")), "{part}: {tag:?}");
        }
    }
}

#[test]
fn the_text_of_an_area_keeps_its_first_line_feed() {
    let html = Field::new("Notes", TextArea::new("notes").value("\nfirst")).render().into_string();
    assert!(html.contains(">\n\nfirst</textarea>"), "{html}");
}

#[test]
fn a_retired_choice_stays_selected() {
    let html = Field::new("Stage", Select::new("stage", vec![Choice::plain("Open")]).selected("Retired"))
        .render()
        .into_string();
    assert!(html.contains(r#"<option value="Retired" selected>Retired</option>"#), "{html}");
}

#[test]
fn enter_in_a_dialog_presses_its_main_button() {
    let dialog = Dialog::new(
        "ask",
        "Sure?",
        html! {},
        html! { (Button::close_dialog("Cancel", "ask")) (Button::submit("Delete")) },
    )
    .posts_to("/delete", "token");
    let html = dialog.render().into_string();
    let first_submit = tags(&html).into_iter().find(|tag| tag.name == "button" && tag.get("type") == Some("submit"));
    assert!(first_submit.is_some_and(|tag| tag.get("command").is_none()));
    assert_eq!(html.matches(r#"type="submit""#).count(), 1, "{html}");
}

#[test]
fn an_unavailable_button_takes_focus_and_says_why() {
    let html = Button::submit("Delete").unavailable("You need “Delete”.").render().into_string();
    assert!(
        html.contains(r#"aria-disabled="true""#) && html.contains("You need “Delete”.") && !html.contains(" disabled")
    );
    assert!(html.contains(r#"type="button""#), "it must not send a form");
}
