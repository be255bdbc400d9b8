//! The parts of the package around the sheets: relationships, content types, properties, the workbook itself.

use super::sheet::absolute_range;
use super::xml::escape;
use model::Instant;
use std::fmt::Write;

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const RELATIONSHIPS: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// A sheet that was written.
pub(super) struct WrittenSheet {
    pub(super) name: String,
    /// Last row and number of columns under the filter.
    pub(super) filtered: Option<(u32, usize)>,
}

pub(super) fn root_relationships() -> String {
    format!(
        concat!(
            "{d}<Relationships xmlns=\"{p}/relationships\">",
            "<Relationship Id=\"rId1\" Type=\"{r}/officeDocument\" Target=\"xl/workbook.xml\"/>",
            "<Relationship Id=\"rId2\" Type=\"{p}/relationships/metadata/core-properties\" Target=\"docProps/core.xml\"/>",
            "<Relationship Id=\"rId3\" Type=\"{r}/extended-properties\" Target=\"docProps/app.xml\"/>",
            "</Relationships>"
        ),
        d = DECLARATION,
        p = PACKAGE,
        r = RELATIONSHIPS
    )
}

/// Title, subject and the instant of creation, which the caller gives.
pub(super) fn core_properties(title: &str, description: &str, created: Instant) -> String {
    let created = created.to_timestamp().strftime("%Y-%m-%dT%H:%M:%SZ").to_string();
    format!(
        concat!(
            "{d}<cp:coreProperties xmlns:cp=\"{p}/metadata/core-properties\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" ",
            "xmlns:dcterms=\"http://purl.org/dc/terms/\" xmlns:xsi=\"http://www.w3.org/2001/XMLSchema-instance\">",
            "<dc:title>{title}</dc:title><dc:description>{description}</dc:description>",
            "<dcterms:created xsi:type=\"dcterms:W3CDTF\">{created}</dcterms:created>",
            "<dcterms:modified xsi:type=\"dcterms:W3CDTF\">{created}</dcterms:modified></cp:coreProperties>"
        ),
        d = DECLARATION,
        p = PACKAGE,
        title = escape(title),
        description = escape(description),
        created = created,
    )
}

pub(super) fn app_properties() -> String {
    format!(
        "{DECLARATION}<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\"><Application>Holdfast</Application></Properties>"
    )
}

pub(super) fn workbook(sheets: &[WrittenSheet]) -> String {
    let mut list = String::new();
    let mut names = String::new();
    for (at, sheet) in sheets.iter().enumerate() {
        // Writing to a String cannot fail, here and below.
        let _ = write!(list, r#"<sheet name="{}" sheetId="{1}" r:id="rId{1}"/>"#, escape(&sheet.name), at + 1);
        // The order of the schema: by name, then by sheet.
        if let Some((last_row, columns)) = sheet.filtered {
            let range = absolute_range(&sheet.name, last_row, columns);
            let _ = write!(
                names,
                r#"<definedName name="_xlnm._FilterDatabase" localSheetId="{at}" hidden="1">{}</definedName>"#,
                escape(&range)
            );
        }
    }
    for (at, sheet) in sheets.iter().enumerate() {
        let title_row = format!("'{}'!$1:$1", sheet.name.replace('\'', "''"));
        let _ = write!(
            names,
            r#"<definedName name="_xlnm.Print_Titles" localSheetId="{at}">{}</definedName>"#,
            escape(&title_row)
        );
    }
    format!(
        concat!(
            "{d}<workbook xmlns=\"http://schemas.openxmlformats.org/spreadsheetml/2006/main\" xmlns:r=\"{r}\">",
            "<workbookPr defaultThemeVersion=\"124226\"/><bookViews><workbookView xWindow=\"0\" yWindow=\"0\" windowWidth=\"24000\" windowHeight=\"12000\"/></bookViews>",
            "<sheets>{list}</sheets><definedNames>{names}</definedNames></workbook>"
        ),
        d = DECLARATION,
        r = RELATIONSHIPS,
        list = list,
        names = names
    )
}

pub(super) fn workbook_relationships(sheets: usize) -> String {
    let mut list = String::new();
    for n in 1..=sheets {
        let _ = write!(
            list,
            r#"<Relationship Id="rId{n}" Type="{RELATIONSHIPS}/worksheet" Target="worksheets/sheet{n}.xml"/>"#
        );
    }
    let styles = sheets + 1;
    format!(
        "{DECLARATION}<Relationships xmlns=\"{PACKAGE}/relationships\">{list}<Relationship Id=\"rId{styles}\" Type=\"{RELATIONSHIPS}/styles\" Target=\"styles.xml\"/></Relationships>"
    )
}

pub(super) fn content_types(sheets: usize, has_chart: bool) -> String {
    let spreadsheet = "application/vnd.openxmlformats-officedocument.spreadsheetml";
    let mut list = String::new();
    for n in 1..=sheets {
        let _ = write!(
            list,
            r#"<Override PartName="/xl/worksheets/sheet{n}.xml" ContentType="{spreadsheet}.worksheet+xml"/>"#
        );
    }
    if has_chart {
        list.push_str(concat!(
            r#"<Override PartName="/xl/drawings/drawing1.xml" ContentType="application/vnd.openxmlformats-officedocument.drawing+xml"/>"#,
            r#"<Override PartName="/xl/charts/chart1.xml" ContentType="application/vnd.openxmlformats-officedocument.drawingml.chart+xml"/>"#
        ));
    }
    format!(
        concat!(
            "{d}<Types xmlns=\"{p}/content-types\"><Default Extension=\"rels\" ContentType=\"application/vnd.openxmlformats-package.relationships+xml\"/>",
            "<Default Extension=\"xml\" ContentType=\"application/xml\"/>",
            "<Override PartName=\"/xl/workbook.xml\" ContentType=\"{s}.sheet.main+xml\"/>{list}",
            "<Override PartName=\"/xl/styles.xml\" ContentType=\"{s}.styles+xml\"/>",
            "<Override PartName=\"/docProps/core.xml\" ContentType=\"application/vnd.openxmlformats-package.core-properties+xml\"/>",
            "<Override PartName=\"/docProps/app.xml\" ContentType=\"application/vnd.openxmlformats-officedocument.extended-properties+xml\"/></Types>"
        ),
        d = DECLARATION,
        p = PACKAGE,
        s = spreadsheet,
        list = list
    )
}
