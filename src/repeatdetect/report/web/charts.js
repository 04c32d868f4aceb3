const COLOURS = {
  first: "#1f4e79", single: "#1f4e79", repeat: "#d9a14e", joint: "#4f9d7e", review: "#8a94a0",
  again: "#e3b778", matters: "#2f6da8", news: "#b3261e", soft: "#66727f", line: "#e1e6ec", grey: "#b6bfc9",
};
const FONT = getComputedStyle(document.body).fontFamily;
const charts = new Map(); // box → chart
const resized = new ResizeObserver((seen) => seen.forEach(({ target }) => charts.get(target)?.resize()));

/** Draws a chart into a box; `onPick` is given what was clicked. */
function draw(box, options, onPick) {
  const chart = echarts.init(box, null, { renderer: "svg" });
  chart.setOption({ animation: false, textStyle: { fontFamily: FONT, color: "#1f2933" }, ...options });
  if (onPick) chart.on("click", onPick);
  charts.set(box, chart);
  resized.observe(box);
}

/** Forgets the charts inside an element that is about to be emptied. */
function forget(element) {
  for (const [box, chart] of charts) {
    if (element.contains(box)) {
      resized.unobserve(box);
      chart.dispose();
      charts.delete(box);
    }
  }
}

const axisLabel = { color: COLOURS.soft, fontSize: 12 };
const noLines = { axisTick: { show: false }, axisLine: { lineStyle: { color: COLOURS.grey } } };
const legend = { top: 0, right: 0, itemWidth: 12, itemHeight: 9, textStyle: { color: COLOURS.soft, fontSize: 12 } };

/** Tooltips are elements made of text, never markup. */
function tip(tell) {
  return {
    confine: true,
    transitionDuration: 0,
    formatter: (given) => el("div", "tip", ...tell(given).map((line) => el("div", "", line))),
  };
}

function drawOverTime(box) {
  const again = DATA.periods.map(([, filings, opened]) => filings - opened);
  draw(box, {
    grid: { left: 34, right: 6, top: 30, bottom: 24 },
    legend,
    tooltip: {
      trigger: "axis",
      axisPointer: { type: "shadow" },
      ...tip(([{ dataIndex: at }]) => {
        const [period, filings, opened] = DATA.periods[at];
        return [period, `来件 ${filings} 件`, `新的事 ${opened} 件`, `再次来件 ${filings - opened} 件`];
      }),
    },
    xAxis: { type: "category", data: DATA.periods.map(([period]) => period), axisLabel: { ...axisLabel, hideOverlap: true }, ...noLines },
    yAxis: { type: "value", minInterval: 1, axisLabel, splitLine: { lineStyle: { color: COLOURS.line } } },
    series: [
      { name: "新的事", type: "bar", stack: "all", color: COLOURS.matters, barCategoryGap: "35%", data: DATA.periods.map(([, , opened]) => opened) },
      { name: "再次来件", type: "bar", stack: "all", color: COLOURS.again, data: again },
    ],
  });
}

function drawBiggest(box, onPick) {
  const room = Math.floor(box.clientWidth * 0.56);
  draw(
    box,
    {
      grid: { left: room + 8, right: 40, top: 6, bottom: 6 },
      tooltip: tip(({ dataIndex: at }) => [DATA.biggest[at][1], `${DATA.biggest[at][2]} 件`]),
      xAxis: { type: "value", show: false },
      yAxis: {
        type: "category", inverse: true, data: DATA.biggest.map(([, title]) => title), triggerEvent: true, ...noLines,
        axisLine: { show: false }, axisLabel: { fontSize: 12.5, color: "#1f2933", width: room, overflow: "truncate", interval: 0 },
      },
      series: [{ type: "bar", color: COLOURS.matters, barWidth: "58%", data: DATA.biggest.map(([, , n]) => n), label: { show: true, position: "right", color: "#1f2933" } }],
    },
    (picked) => {
      const at = picked.componentType === "yAxis" ? DATA.biggest.findIndex(([, title]) => title === picked.value) : picked.dataIndex;
      if (at >= 0) onPick(DATA.biggest[at][0]);
    },
  );
}

function drawTowns(box, onPick) {
  draw(
    box,
    {
      grid: { left: 34, right: 6, top: 26, bottom: 24 },
      legend,
      tooltip: {
        trigger: "axis",
        axisPointer: { type: "shadow" },
        ...tip(([{ dataIndex: at }]) => {
          const [town, filings, matters] = DATA.towns[at];
          return [town, `来件 ${filings} 件`, `实为 ${matters} 件事`];
        }),
      },
      xAxis: { type: "category", data: DATA.towns.map(([town]) => town), axisLabel: { ...axisLabel, interval: 0, width: 76, overflow: "truncate" }, ...noLines },
      yAxis: { type: "value", minInterval: 1, axisLabel, splitLine: { lineStyle: { color: COLOURS.line } } },
      series: [
        { name: "事项", type: "bar", stack: "all", color: COLOURS.matters, barCategoryGap: "45%", data: DATA.towns.map(([, , matters]) => matters) },
        { name: "再次来件", type: "bar", stack: "all", color: COLOURS.again, data: DATA.towns.map(([, filings, matters]) => filings - matters) },
      ],
    },
    ({ dataIndex: at }) => onPick(DATA.towns[at][0]),
  );
}

/** A matter's filings on the days they came, one lane a channel; large and red where something is new. */
function drawTimeline(box, filings, onPick) {
  const dated = filings.filter(({ date }) => date);
  const lanes = [...new Set(dated.map(({ channel }) => channel))];
  box.style.height = `${lanes.length * 26 + 40}px`;
  const days = (Date.parse(dated.at(-1).date) - Date.parse(dated[0].date)) / 864e5;
  const label = (time) => new Date(time).toISOString().slice(0, days > 240 ? 7 : 10);
  draw(
    box,
    {
      grid: { left: 58, right: 18, top: 6, bottom: 24 },
      tooltip: tip(({ data: { filing } }) => [
        `第 ${filing.no} 件　${filing.date}　${filing.channel}`,
        `${WORDS.status[filing.status]}　${filing.who}`,
        ...(isNew(filing) ? ["有新情况"] : []),
      ]),
      xAxis: {
        type: "time", axisLabel: { ...axisLabel, hideOverlap: true, formatter: label }, splitNumber: 6, ...noLines,
        min: Date.parse(dated[0].date) - days * 2e6 - 864e5, max: Date.parse(dated.at(-1).date) + days * 2e6 + 864e5,
      },
      yAxis: {
        type: "category", inverse: true, data: lanes, axisLabel: { ...axisLabel, color: "#1f2933" }, axisTick: { show: false },
        axisLine: { show: false }, splitLine: { show: true, lineStyle: { color: COLOURS.line } },
      },
      series: [
        {
          type: "scatter",
          cursor: "pointer",
          data: dated.map((filing) => ({
            filing,
            value: [Date.parse(filing.date), filing.channel],
            symbolSize: isNew(filing) ? 14 : 10,
            itemStyle: {
              color: COLOURS[filing.status], opacity: 0.9,
              borderColor: isNew(filing) ? COLOURS.news : "#fff", borderWidth: isNew(filing) ? 3 : 1,
            },
          })),
        },
      ],
    },
    ({ data: { filing } }) => onPick(filing),
  );
}

/** How the grounds of a pair add up, from where every pair starts to the final score; zero is as likely as not. */
function drawWaterfall(box, why) {
  const steps = [["起点", why.start], ...why.points.map(([word, value]) => [WORDS.grounds[word], value])];
  if (Math.abs(why.rest) >= 0.005) steps.push(["其余各项", why.rest]);
  let sum = 0;
  const bars = steps.map(([word, value], at) => {
    const from = sum;
    sum += value;
    return { word, value, from, to: sum, colour: at === 0 ? COLOURS.grey : value > 0 ? COLOURS.matters : COLOURS.news };
  });
  bars.push({ word: "合计", value: sum, from: 0, to: sum, colour: "#1f2933" });
  box.style.height = `${bars.length * 22 + 14}px`;
  const ends = bars.flatMap(({ from, to }) => [from, to]);
  const pad = (Math.max(...ends) - Math.min(...ends)) * 0.12;
  draw(box, {
    grid: { left: 92, right: 20, top: 4, bottom: 8 },
    xAxis: {
      type: "value", min: Math.min(0, ...ends) - pad, max: Math.max(0, ...ends) + pad, axisLabel: { show: false },
      splitLine: { show: false },
    },
    yAxis: {
      type: "category", inverse: true, data: bars.map(({ word }) => word), axisTick: { show: false },
      axisLine: { onZero: true, lineStyle: { color: COLOURS.grey } }, axisLabel: { fontSize: 12, color: "#1f2933", interval: 0, margin: 8 },
      offset: 0,
    },
    series: [
      {
        type: "custom",
        data: bars.map(({ from, to }, at) => [at, from, to]),
        encode: { x: [1, 2], y: 0 },
        renderItem: (_, api) => {
          const { colour, value, from, to } = bars[api.value(0)];
          const [x1, y] = api.coord([from, api.value(0)]);
          const [x2] = api.coord([to, api.value(0)]);
          const right = value >= 0;
          return {
            type: "group",
            children: [
              { type: "rect", shape: { x: Math.min(x1, x2), y: y - 7, width: Math.max(Math.abs(x2 - x1), 1), height: 14, r: 2 }, style: { fill: colour } },
              {
                type: "text", x: x2 + (right ? 5 : -5), y,
                style: { text: `${right ? "+" : "−"}${Math.abs(value).toFixed(2)}`, fill: COLOURS.soft, align: right ? "left" : "right", verticalAlign: "middle", font: `11.5px ${FONT}` },
              },
            ],
          };
        },
      },
    ],
  });
}
