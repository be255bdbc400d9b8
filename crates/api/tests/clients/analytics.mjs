import { assert, connect, refused } from "./connect.mjs";

const conn = await connect({ version: "61.0" });
const deals = [
  { Name: "Small", StageName: "Prospecting", Amount: 100.25, CloseDate: "2026-11-02" },
  { Name: "Large", StageName: "Prospecting", Amount: 2000, CloseDate: "2026-12-01" },
  { Name: "Won", StageName: "Closed Won", Amount: 50, CloseDate: "2026-12-24" },
];
assert.ok((await conn.sobject("Opportunity").create(deals)).every((row) => row.success));

// Reports are made and saved by the plain call, as jsforce has none for it.
const base = `${conn._baseUrl()}/analytics`;
const send = (method, path, body) =>
  conn.request({ method, url: base + path, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
const reportMetadata = {
  name: "Pipeline",
  reportType: { type: "Opportunity" },
  reportFormat: "MATRIX",
  groupingsDown: [{ name: "STAGE_NAME", sortOrder: "Asc", dateGranularity: "None", sortAggregate: null }],
  groupingsAcross: [{ name: "CLOSE_DATE", sortOrder: "Asc", dateGranularity: "Month" }],
  aggregates: ["s!AMOUNT", "RowCount"],
  detailColumns: ["OPPORTUNITY_NAME", "AMOUNT"],
};
const made = await send("POST", "/reports", { reportMetadata });
const id = made.reportMetadata.id;
assert.equal(made.reportExtendedMetadata.aggregateColumnInfo["s!AMOUNT"].dataType, "currency");

const report = conn.analytics.report(id);
assert.ok((await conn.analytics.reports()).some((listed) => listed.id === id && listed.name === "Pipeline"));
const described = await report.describe();
assert.deepEqual(described.reportMetadata.detailColumns, reportMetadata.detailColumns);
assert.ok(described.reportTypeMetadata.categories[0].columns.Amount.aggregates.includes("s!Amount"));

const summary = await report.execute();
assert.equal(summary.hasDetailRows, false);
assert.equal(summary.factMap["T!T"].rows, undefined);
const whole = await report.execute({ details: true });
const keys = Object.keys(whole.factMap).sort();
assert.deepEqual(keys, ["0!0", "0!1", "0!T", "1!0", "1!1", "1!T", "T!0", "T!1", "T!T"]);
assert.deepEqual(whole.groupingsDown.groupings.map((group) => group.value), ["Prospecting", "Closed Won"]);
assert.deepEqual(whole.groupingsAcross.groupings.map((group) => group.value), ["2026-11-01", "2026-12-01"]);
assert.equal(whole.factMap["0!T"].aggregates[0].value, 2100.25);
assert.equal(whole.factMap["T!T"].aggregates[0].label, "EUR 2,150.25");
assert.deepEqual(whole.factMap["1!0"], { aggregates: [{ label: "EUR 0.00", value: 0 }, { label: "0", value: 0 }], rows: [] });
const [cell, amount] = whole.factMap["0!1"].rows[0].dataCells;
assert.equal(cell.label, "Large");
assert.equal((await conn.sobject("Opportunity").retrieve(cell.value)).Name, "Large");
assert.deepEqual(amount.value, { amount: 2000, currency: "EUR" });

// Changed for once; the report stays as it is.
const metadata = { reportMetadata: { reportFilters: [{ column: "AMOUNT", operator: "greaterThan", value: "75" }] } };
const filtered = await report.execute({ metadata, details: true });
assert.equal(filtered.factMap["T!T"].aggregates[1].value, 2);
assert.equal((await report.describe()).reportMetadata.reportFilters.length, 0);
const saved = await send("PATCH", `/reports/${id}`, metadata);
assert.equal(saved.reportMetadata.reportFilters[0].value, "75");
assert.equal((await report.execute()).factMap["T!T"].aggregates[1].value, 2);
const asked = await send("POST", "/reports/query", { reportMetadata: { ...reportMetadata, reportFormat: "TABULAR", groupingsDown: [], groupingsAcross: [], hasDetailRows: true } });
assert.deepEqual(Object.keys(asked.factMap), ["T!T"]);
assert.equal(asked.factMap["T!T"].rows.length, 3);
const { plans } = await report.explain();
assert.equal(plans[0].sobjectType, "Opportunity");

// In the background: asked for now, answered by a worker.
const started = await report.executeAsync({ details: true });
assert.equal(started.status, "New");
assert.deepEqual((await report.instances()).map((listed) => listed.id), [started.id]);
const waiting = await report.instance(started.id).retrieve();
assert.equal(waiting.attributes.type, "ReportInstance");

// Copies, and what a dashboard holds.
const copy = await report.clone("Copy");
assert.equal(copy.reportMetadata.name, "Copy");
const components = [
  { title: "Pipeline", reportId: id, visualizationType: "Column", row: 0, column: 0 },
  { title: "Gone", reportId: copy.reportMetadata.id, visualizationType: "Metric", row: 0, column: 4 },
];
const board = await conn.sobject("Dashboard").create({ Name: "Board", Definition: JSON.stringify({ components }) });
const dashboard = conn.analytics.dashboard(board.id);
assert.ok((await conn.analytics.dashboards()).some((listed) => listed.id === board.id));
assert.equal((await refused(report.destroy())).errorCode, "INSUFFICIENT_ACCESS_OR_READONLY");
const layout = await dashboard.describe();
assert.equal(layout.layout.numColumns, 12);
const results = await dashboard.components();
assert.deepEqual(results.componentData.map((one) => one.status.dataStatus), ["DATA", "DATA"]);
const one = await dashboard.components(layout.components[1].id);
assert.equal(one.componentData.length, 1);
assert.equal(one.componentData[0].reportResult.factMap["T!T"].aggregates[1].value, 2, "the copy has the filter too");
assert.equal((await dashboard.status()).componentStatus.length, 2);
assert.ok((await dashboard.refresh()).statusUrl.endsWith("/status"));
const second = await dashboard.clone("Second");
assert.equal(second.name, "Second");
// Filters and the user as whom it is shown.
const narrowed = await conn.sobject("Dashboard").create({
  Name: "Narrowed",
  Definition: JSON.stringify({
    components,
    filters: [
      { name: "Stage", column: "Opportunity.StageName", options: [{ alias: "Won", operation: "equals", value: "Closed Won" }, { operation: "contains", value: "Nego" }] },
      { name: "Size", column: "Opportunity.Amount", options: [{ operation: "between", startValue: "100", endValue: "200" }] },
    ],
  }),
});
const at = `${conn._baseUrl()}/analytics/dashboards/${narrowed.id}`;
const told = (await conn.request(`${at}/describe`)).filters;
assert.deepEqual(told.map((filter) => [filter.name, filter.selectedOption, filter.options.map((option) => option.alias)]), [
  ["Stage", null, ["Won", "contains Nego"]],
  ["Size", null, ["100 – 200"]],
]);
const unnarrowed = await conn.request(at);
assert.equal(unnarrowed.dashboardMetadata.dashboardType, "LoggedInUser");
const won = await conn.request(`${at}?filter1=${told[0].options[0].id}&filter2=${told[1].options[0].id}&runningUser=${unnarrowed.dashboardMetadata.runningUser.id}`);
assert.equal(won.dashboardMetadata.filters[0].selectedOption, told[0].options[0].id);
const rows = (result) => result.componentData[0].reportResult.factMap["T!T"].aggregates[0].value;
assert.notEqual(JSON.stringify(rows(won)), JSON.stringify(rows(unnarrowed)), "the options narrow the report");
assert.equal((await refused(conn.request(`${at}?filter1=0IC000000000000AAA`))).errorCode, "INVALID_QUERY_FILTER_OPERATOR");
assert.equal((await refused(conn.request(`${at}?runningUser=005000000000zzzAAA`))).errorCode, "INSUFFICIENT_ACCESS_OR_READONLY");
assert.equal((await conn.request(`${at}/status`)).componentStatus[0].refreshDate !== null, true, "what was answered is kept");
await conn.request({ method: "PUT", url: at, body: "" });
await conn.sobject("Dashboard").destroy(narrowed.id);

await conn.analytics.dashboard(second.id).destroy();
await dashboard.destroy();
assert.equal((await refused(dashboard.describe())).errorCode, "NOT_FOUND");
await report.destroy();
assert.equal((await refused(report.describe())).errorCode, "NOT_FOUND");
console.log("done");
