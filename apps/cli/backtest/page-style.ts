/** How the report looks, in light and in dark, on screen and on paper. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--ink:#1d2430;--soft:#5c6675;--paper:#fff;--card:#f6f7f9;--rule:#dde1e7;--own:#1463d6;--market:#8a93a1;--loss:#c2372e;--gain:#16803c;--mark:#c9a227}
@media (prefers-color-scheme:dark){:root{--ink:#e6e9ee;--soft:#9aa4b2;--paper:#12161c;--card:#1a2029;--rule:#2d3542;--own:#6aa5ff;--market:#8a93a1;--loss:#ff7b72;--gain:#57c77a;--mark:#d6b545}}
*{box-sizing:border-box}
body{margin:0;background:var(--paper);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
main{max-width:1040px;margin:0 auto;padding:24px 20px 64px}
h1{font-size:24px;margin:0 0 4px;overflow-wrap:anywhere}
h2{font-size:16px;margin:0 0 10px}
header p{color:var(--soft);margin:0 0 16px;overflow-wrap:anywhere}
section{background:var(--card);border:1px solid var(--rule);border-radius:8px;padding:16px;margin:16px 0}
table{border-collapse:collapse;width:100%;font-size:13.5px;font-variant-numeric:tabular-nums}
th,td{padding:4px 8px;border-bottom:1px solid var(--rule);text-align:right;white-space:nowrap}
th[scope=row],td.text{text-align:left}
thead th{color:var(--soft);font-weight:600}
.wide{overflow-x:auto}
.tall{max-height:480px;overflow-y:auto}
.up{color:var(--gain)}
.down{color:var(--loss)}
.note,.legend{color:var(--soft);font-size:13px;margin:8px 0 0}
.legend{margin:0 0 8px}
.legend span{margin-right:18px}
.legend span::before{content:"";display:inline-block;width:18px;height:3px;margin-right:6px;vertical-align:middle;background:currentColor}
.legend .own{color:var(--own)}
.legend .market{color:var(--market)}
.legend .border{color:var(--mark)}
.warning{border:1px solid var(--loss);color:var(--loss);border-radius:8px;padding:10px 14px}
svg{display:block;width:100%;height:auto}
.grid{stroke:var(--rule)}
.mark{stroke:var(--mark);stroke-dasharray:3 4}
.tick{fill:var(--soft);font-size:11.5px}
.line{fill:none;stroke-width:1.6;stroke-linejoin:round}
.line.own{stroke:var(--own)}
.line.market{stroke:var(--market)}
.line.loss{stroke:var(--loss)}
.area.loss{fill:var(--loss);opacity:.18}
ul{margin:0;padding-left:20px}
@media print{.tall{max-height:none}section{break-inside:avoid}}
`;
