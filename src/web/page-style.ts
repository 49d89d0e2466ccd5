import { createHash } from 'node:crypto';

/** The style of every page, in it: nothing is fetched. Colours are the report's. */
export const PAGE_STYLE = `
:root{color-scheme:light dark;--paper:#fff;--sheet:#f5f7f9;--ink:#17212b;--muted:#55616e;--line:#d3dae1;--link:#0b5394;
--bad:#a61b1b;--bad-sheet:#fdf1f0;--doubt:#6a2c91;--doubt-sheet:#f7f1fb;--warn:#8a4b00;--warn-sheet:#fdf5e8;
--good:#1c6444;--good-sheet:#eff7f2;--calm:#2c5a86;--calm-sheet:#eff4f9;--on-solid:#fff}
@media (prefers-color-scheme:dark){:root{--paper:#12181f;--sheet:#1b232c;--ink:#e6ebf0;--muted:#a3b0bd;--line:#36414d;--link:#8cc1f5;
--bad:#ff8f86;--bad-sheet:#331a1b;--doubt:#d5a6f5;--doubt-sheet:#2a1d35;--warn:#f2bb6d;--warn-sheet:#302513;
--good:#7ed1a6;--good-sheet:#15281f;--calm:#93bfe8;--calm-sheet:#182633;--on-solid:#12181f}}
*{box-sizing:border-box}
html{background:var(--paper);color:var(--ink);font:1rem/1.5 system-ui,'Segoe UI','Noto Sans','Apple SD Gothic Neo','Malgun Gothic',sans-serif;-webkit-text-size-adjust:100%}
body{margin:0}
header,main,footer{width:min(68rem,100% - 3rem);margin:0 auto}
header{padding-top:1.25rem;color:var(--muted);font-size:.9rem}
main{padding-top:1.25rem;padding-bottom:2rem}
footer{border-top:1px solid var(--line);padding-top:.9rem;padding-bottom:3rem;color:var(--muted);font-size:.85rem}
.skip{position:absolute;left:-99rem}
.skip:focus{position:static}
header ol{list-style:none;display:flex;flex-wrap:wrap;margin:0;padding:0}
header li+li::before{content:'/';padding:0 .5rem;color:var(--line)}
h1,h2,h3{line-height:1.25;text-wrap:balance;overflow-wrap:break-word}
h1{font-size:1.75rem;margin:0 0 .25rem;letter-spacing:-.01em}
h2{font-size:1.2rem;margin:2.25rem 0 .6rem}
h3{font-size:.95rem;margin:0 0 .35rem}
p,dl,ul{margin:.4rem 0 .8rem}
p,li,dd,td,th{overflow-wrap:anywhere;unicode-bidi:isolate}
p,li,dd{max-width:52rem}
a{color:var(--link);text-underline-offset:.15em}
a:focus-visible,.scroll:focus-visible{outline:3px solid var(--link);outline-offset:2px}
code{font-family:ui-monospace,'Cascadia Mono',Menlo,Consolas,'Noto Sans Mono',monospace;font-size:.86em;overflow-wrap:anywhere}
.muted{color:var(--muted)}
.subtitle{color:var(--muted);margin:0 0 1.25rem}
.notice{border-left:4px solid var(--calm);background:var(--calm-sheet);padding:.6rem 1rem;max-width:none;margin:1rem 0}
.notice.fail{border-color:var(--bad);background:var(--bad-sheet)}
.notice.error{border-color:var(--doubt);background:var(--doubt-sheet)}
.notice.warn{border-color:var(--warn);background:var(--warn-sheet)}
.notice.pass{border-color:var(--good);background:var(--good-sheet)}
.notice.verdict{border-left-width:8px;padding:1rem 1.25rem .75rem}
.notice>:first-child{margin-top:0}
.notice>:last-child{margin-bottom:0}
.lead{font-size:1.2rem;font-weight:650;line-height:1.35;margin:0 0 .4rem}
.badge{display:inline-block;border:1px solid currentColor;border-radius:.25rem;padding:.05rem .45rem;font-size:.8rem;font-weight:650;line-height:1.4;white-space:nowrap;color:var(--calm)}
.badge.fail,.badge.missing{background:var(--bad);border-color:var(--bad);color:var(--on-solid)}
.badge.error{background:var(--doubt);border-color:var(--doubt);color:var(--on-solid)}
.badge.pass{color:var(--good)}
.badge.covered{border-style:dashed;color:var(--doubt)}
.badge.gap,.badge.made-up{color:var(--warn)}
.actions{display:flex;flex-wrap:wrap;gap:.6rem;margin:1.25rem 0;padding:0;list-style:none}
.actions a{display:inline-block;border:1px solid var(--link);border-radius:.3rem;padding:.4rem .9rem;text-decoration:none;font-weight:600}
.actions a.main{background:var(--link);color:var(--on-solid)}
.actions a:hover{text-decoration:underline}
.streams{list-style:none;margin:0;padding:0}
.streams>li{border:1px solid var(--line);border-radius:.4rem;padding:1rem 1.25rem;margin:0 0 1rem;max-width:none}
.streams h2{margin:0 0 .3rem}
.facts{display:grid;grid-template-columns:minmax(7rem,11rem) 1fr;gap:.2rem 1rem}
.facts dt{color:var(--muted)}
.facts dd{margin:0}
.scroll{overflow-x:auto}
table{border-collapse:collapse;width:100%;font-size:.9rem;font-variant-numeric:tabular-nums}
th,td{border-bottom:1px solid var(--line);padding:.45rem .75rem .45rem 0;text-align:left;vertical-align:top}
thead th{border-bottom:2px solid var(--ink);font-weight:650;overflow-wrap:normal}
tbody th{font-weight:inherit}
.number{text-align:right;white-space:nowrap}
.scroll th,.scroll td{overflow-wrap:break-word}
td.nowrap,th.nowrap{white-space:nowrap}
.scroll table code{white-space:nowrap}
details>summary{cursor:pointer;margin:.4rem 0;color:var(--link)}
details>summary:focus-visible{outline:3px solid var(--link);outline-offset:2px}
.months{display:grid;grid-template-columns:repeat(auto-fill,minmax(15.5rem,1fr));gap:1.5rem 2rem;margin:1rem 0}
.month table{table-layout:fixed;font-size:.8rem}
.month th,.month td{border:0;padding:1px;text-align:center}
.month th{color:var(--muted);font-weight:400}
.cell,.none{display:block;border:1px solid transparent;border-radius:.2rem;line-height:1.8rem;min-height:1.9rem;text-decoration:none;font-weight:650}
.none{color:var(--muted);font-weight:400}
.cell{position:relative;border-color:currentColor;color:var(--calm);background:var(--calm-sheet)}
a.cell:hover{text-decoration:underline}
.cell.pass{color:var(--good);background:var(--good-sheet)}
.cell.fail{background:var(--bad);border-color:var(--bad);color:var(--on-solid)}
.cell.error{background:repeating-linear-gradient(135deg,var(--doubt-sheet) 0 4px,var(--paper) 4px 8px);border-color:var(--doubt);color:var(--doubt)}
.cell.gap{color:var(--warn);background:var(--warn-sheet);border-style:dashed}
.cell.missing{color:var(--bad);background:var(--paper);border:2px dashed var(--bad)}
.cell.made-up::after{content:'';position:absolute;right:2px;top:2px;width:.4rem;height:.4rem;border-radius:50%;background:currentColor}
.cell.accepted::before{content:'✓';position:absolute;left:.2rem;top:-.3rem;font-size:.65rem}
fieldset{min-width:0;border:1px solid var(--line);border-radius:.4rem;margin:0 0 1rem;padding:.5rem 1.25rem .75rem}
legend{color:var(--muted);padding:0 .4rem}
label{display:block;font-weight:650}
label.choice{font-weight:400}
input,button{font:inherit;color:inherit}
input[type=text],input[type=search],input[type=date]{background:var(--paper);border:1px solid var(--muted);border-radius:.3rem;padding:.35rem .6rem;max-width:100%}
input[type=file]{max-width:100%}
input.wide{width:100%}
button{background:var(--paper);border:1px solid var(--link);border-radius:.3rem;color:var(--link);cursor:pointer;font-weight:600;padding:.4rem 1.4rem}
button[type=submit]{background:var(--link);color:var(--on-solid)}
button:disabled{opacity:.6;cursor:default}
input:focus-visible,textarea:focus-visible,button:focus-visible{outline:3px solid var(--link);outline-offset:2px}
progress{width:100%;accent-color:var(--link)}
[hidden]{display:none!important}
.legend{display:flex;flex-wrap:wrap;gap:.4rem 1.25rem;list-style:none;padding:0;font-size:.85rem;color:var(--muted)}
.legend .cell{display:inline-block;width:1.5rem;min-height:0;line-height:1.2rem;height:1.3rem;text-align:center;margin-right:.4rem;vertical-align:middle}
blockquote{margin:.3rem 0 .6rem;padding:.1rem .9rem;border-left:3px solid var(--line);overflow-wrap:anywhere;unicode-bidi:isolate;max-width:52rem}
fieldset p{margin:.35rem 0}
textarea{display:block;width:100%;font:inherit;color:inherit;background:var(--paper);border:1px solid var(--muted);padding:.4rem}
@media (max-width:46rem){h1{font-size:1.4rem}header,main,footer{width:calc(100% - 2rem)}
.facts{grid-template-columns:1fr;gap:0}.facts dd{margin-bottom:.4rem}
.scroll table,.scroll tbody,.scroll tr,.scroll th,.scroll td{display:block;text-align:left;width:auto}
.scroll thead{position:absolute;clip-path:inset(50%);width:1px;height:1px;overflow:hidden}
.scroll tr{border-bottom:1px solid var(--line);padding:.5rem 0}
.scroll th,.scroll td{border:0;padding:.1rem 0}
.scroll td:empty{display:none}
.scroll td[data-name]::before{content:attr(data-name) ': ';color:var(--muted)}
.scroll table code{white-space:normal}}
@media print{.skip,.actions,nav{display:none}}
`;

/** For a Content-Security-Policy: the one style that a page may have. */
export const PAGE_STYLE_SOURCE = `'sha256-${createHash('sha256').update(PAGE_STYLE).digest('base64')}'`;
