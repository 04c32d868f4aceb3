function setUpOverview() {
  const look = byId("look");
  const { new: fresh, after_closure: closed, recused, pairs } = DATA.attention;
  for (const [count, words, status] of [
    [fresh, "件有此前没有说过的新情况", "news"], [closed, "件办结后仍访且有新情况", "closed"],
    [recused, "件事的领导需要回避", "recused"], [pairs, "对来件待人判定", "review"],
  ]) {
    if (count) look.append(action("", () => narrow({ status })));
    if (count) look.lastChild.append(el("b", "", String(count)), words);
  }
  const { matters, filings } = DATA.left_out;
  if (matters) {
    byId("left-out").hidden = false;
    byId("left-out").textContent = `来件较多，本页只列件数最多的和最近的事项；另有 ${matters} 件事、${filings} 件来件未列出（以上数字和图含全部来件），见 matters.csv 与 filings.csv。`;
  }
  if (DATA.other_towns) byId("other-towns").textContent = `点条形筛选；其余属地共 ${DATA.other_towns} 件来件，未画出`;
  byId("over-time-title").textContent = `按${DATA.unit}：来件里有多少是新的事`;
}

/** Draws the charts when the overview is first seen: a box that is not shown has no size. */
function drawOverview() {
  if (charts.has(byId("over-time"))) return;
  if (DATA.periods.length) drawOverTime(byId("over-time"));
  else byId("over-time").closest("figure").hidden = true;
  if (DATA.biggest.length) drawBiggest(byId("biggest"), (id) => (location.hash = `#${id}`));
  else byId("biggest").closest("figure").hidden = true;
  if (DATA.towns.length) {
    drawTowns(byId("towns"), (town) => narrow({ status: "all", town: [...filters.town.options].some((o) => o.value === town) ? town : "" }));
  } else byId("towns").closest("figure").hidden = true;
}
