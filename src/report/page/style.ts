/**
 * The page's style sheet. Text and marks keep a contrast of 4.5 to 1 on their ground in both schemes (WCAG 2.2, AA), shapes
 * 3 to 1. Colour never says anything alone: each kind has its own strip, row or word.
 */

export const STYLE = `
:root{color-scheme:light dark;
--ground:#fbfaf7;--card:#fff;--ink:#20252b;--soft:#5a626c;--line:#dedbd3;--faint:#eeebe4;
--good:#0b6f66;--warn:#a04e00;--bad:#b3261e;--calm:#5b6675;--link:#0b5cad}
@media (prefers-color-scheme:dark){:root{
--ground:#15181c;--card:#1c2025;--ink:#e7e6e2;--soft:#a3abb5;--line:#343a42;--faint:#262b31;
--good:#58c7b9;--warn:#f0a45c;--bad:#ff8f85;--calm:#97a3b3;--link:#7cb7f5}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%;text-size-adjust:100%;scroll-behavior:smooth}
body{margin:0 auto;max-width:68rem;padding:2.5rem 1.5rem 3rem;background:var(--ground);color:var(--ink);
font:1rem/1.5 system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,sans-serif;
font-variant-numeric:tabular-nums lining-nums}
h1,h2,p,dl,dd,ul,figure{margin:0}
a{color:var(--link)}
:focus-visible{outline:2px solid var(--link);outline-offset:2px}
.hidden{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
header .kicker{color:var(--good);font-weight:600;letter-spacing:.02em}
h1{font-size:2rem;line-height:1.2;letter-spacing:-.015em;font-weight:650}
.period{margin-top:.4rem;color:var(--soft)}
.zone{color:var(--soft);font-size:.85em}
time{white-space:nowrap}
nav{margin:1.2rem 0 0;border-block:1px solid var(--line)}
nav ul{display:flex;flex-wrap:wrap;gap:0 1.25rem;padding:.45rem 0;list-style:none}
nav a{display:inline-block;padding:.2rem 0;color:var(--soft);text-decoration:none}
nav a:hover{color:var(--link);text-decoration:underline}
section{margin-top:2.75rem}
#summary{margin-top:1.6rem}
h2{margin-bottom:.9rem;font-size:1.25rem;line-height:1.3;font-weight:650}
.headline{max-width:46rem;font-size:1.15rem}
.tiles{display:grid;grid-template-columns:repeat(auto-fit,minmax(9.5rem,1fr));gap:.75rem;margin-top:1.3rem}
.tile{padding:.8rem .95rem .85rem;background:var(--card);border:1px solid var(--line);border-top:3px solid var(--calm);border-radius:.5rem}
.tile.good{border-top-color:var(--good)}
.tile.warn{border-top-color:var(--warn)}
.tile.bad{border-top-color:var(--bad)}
.tile dt{color:var(--soft);font-size:.875rem}
.tile .figure{display:block;font-size:1.85rem;line-height:1.25;font-weight:600;letter-spacing:-.01em}
.tile.good .figure{color:var(--good)}
.tile.warn .figure{color:var(--warn)}
.tile.bad .figure{color:var(--bad)}
.tile.is-zero{border-top-color:var(--line)}
.tile.is-zero .figure{color:var(--soft);font-weight:400}
.tile .of{display:block;min-height:1.3em;color:var(--soft);font-size:.8125rem}
.warning{margin-top:1.1rem;padding:.6rem .95rem;border-left:3px solid var(--warn);background:var(--card)}
.none,.note,figcaption{color:var(--soft)}
.note,figcaption{margin-top:.7rem;max-width:46rem;font-size:.875rem}
figcaption{margin:0 0 .9rem}
.strip{display:block;width:100%;background:var(--faint)}
.strip .grid{fill:none;stroke:var(--line);stroke-width:1;vector-effect:non-scaling-stroke}
.strip.opened rect{fill:var(--good)}
.strip.scans rect{fill:var(--warn)}
.strip.refused rect{fill:var(--bad)}
.strip.timeouts rect{fill:var(--calm)}
.bars{margin-bottom:.8rem}
.bars p{display:flex;justify-content:space-between;gap:1rem;margin-bottom:.2rem;font-size:.875rem}
.bars b{font-weight:600}
.bars span{color:var(--soft)}
.bars .strip{height:44px;border-bottom:1px solid var(--calm)}
.axis{display:block;overflow:visible}
.axis text{fill:var(--soft);font-size:12px;font-weight:400}
table{width:100%;border-collapse:collapse;font-size:.9375rem}
caption{padding-bottom:.4rem;text-align:left;font-weight:600}
th,td{padding:.36rem .9rem .36rem 0;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;font-weight:400}
th:last-child,td:last-child{padding-right:0}
thead th{color:var(--soft);font-size:.8125rem;vertical-align:bottom}
.number{text-align:right;white-space:nowrap}
.zero{color:var(--soft)}
.name,.message{overflow-wrap:anywhere}
.name{font-family:ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;font-size:.9em}
.wide{overflow-x:auto;margin-bottom:1.8rem}
.wide .name{overflow-wrap:normal;white-space:nowrap}
.wide:last-child,details:last-child .wide{margin-bottom:0}
details{margin:-1.1rem 0 1.8rem}
.wide:has(+details){margin-bottom:1.5rem}
details caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%)}
summary{padding:.2rem 0;color:var(--link);cursor:pointer;font-size:.9375rem}
.beside{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(100%,24rem),1fr));gap:1.6rem 2.5rem;align-items:start}
.beside .wide{margin:0}
.timeline th[scope=row]{width:13.5rem}
.timeline .lane{width:auto;padding-top:0;padding-bottom:0;vertical-align:middle}
.timeline td.lane{height:30px}
.timeline .strip{height:20px}
.timeline tbody td,.timeline tbody th{vertical-align:middle}
.timeline .door th{padding-top:1rem;border-bottom-color:var(--calm);font-weight:600}
.timeline .door .name{font-size:1em;font-weight:600}
.still{display:block;color:var(--good);font-size:.8125rem;line-height:1.2}
.facts{display:flex;flex-wrap:wrap;gap:.5rem 2.2rem;margin-bottom:1.6rem}
.facts dt{color:var(--soft);font-size:.875rem}
.facts dd{font-size:1.15rem;font-weight:600}
#gaps ul{padding-left:1.2rem}
#gaps li{margin-bottom:.35rem}
footer{margin-top:3rem;padding-top:1rem;border-top:1px solid var(--line);color:var(--soft);font-size:.875rem}
footer ul{padding-left:1.2rem}
@media (max-width:640px){
body{padding:1.4rem 1rem 2rem}
h1{font-size:1.6rem}
nav ul{gap:0 1rem}
.tiles{grid-template-columns:1fr 1fr}
.tile{padding:.65rem .75rem}
.tile .figure{font-size:1.5rem}
.axis .odd{display:none}
.bars p{font-size:.8125rem}
.timeline,.timeline tbody,.timeline thead,.timeline caption{display:block}
.timeline tr{display:grid;grid-template-columns:1fr auto 5.5rem;align-items:baseline;column-gap:.9rem;padding:.3rem 0;border-bottom:1px solid var(--line)}
.timeline th,.timeline td{padding:0;border:0}
.timeline th[scope=row]{width:auto}
.timeline .lane{order:9;grid-column:1/-1}
.timeline td.lane{height:auto;padding:.15rem 0 .2rem}
.timeline .door th{grid-column:1/-1;padding-top:.8rem}
.timeline .door{border-bottom-color:var(--calm)}
.still{display:inline}
td .zone,th .zone{display:none}
.wide .message,.wide .reason{display:block;min-width:13rem}
}
@media print{
:root{--ground:#fff;--card:#fff;--ink:#000;--soft:#444;--line:#bbb;--faint:#f0f0f0;--good:#0b6f66;--warn:#a04e00;--bad:#b3261e;--calm:#5b6675;--link:#000}
@page{margin:16mm 14mm}
body{max-width:none;padding:0;font-size:10pt}
nav{display:none}
summary{color:var(--soft);list-style:none}
summary::-webkit-details-marker{display:none}
.wide{overflow:visible}
section{margin-top:1.6rem}
h2,caption,.bars p{break-after:avoid}
tr,.tile,.bars,figure,#grants{break-inside:avoid}
.axis .odd{display:none}
thead{display:table-header-group}
.tiles{grid-template-columns:repeat(6,1fr);gap:.4rem}
.tile{padding:.4rem .5rem}
.tile .figure{font-size:15pt}
.strip,.tile{print-color-adjust:exact;-webkit-print-color-adjust:exact}
a{color:inherit;text-decoration:none}
.warning a::after{content:" (last section)"}
}
`;
