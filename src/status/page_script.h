// What keeps the page up to date: every second /status.json, while somebody looks. The history that
// it draws from lives here, so that the server has none to keep. percentile() is of what has come
// between two histograms. Cords lead from lines that talk to the departments, as many to each as
// its share of the last turns; to those below the first row they run down beside the others.

#ifndef SWITCHBOARD_SRC_STATUS_PAGE_SCRIPT_H_
#define SWITCHBOARD_SRC_STATUS_PAGE_SCRIPT_H_

#include <string_view>

namespace switchboard::status {

inline constexpr std::string_view kScript = R"js(
(()=>{
const $=i=>document.getElementById(i),seen=[],rates=[],lamps=[...$('lamps').children],N=lamps.length
const set=(i,v)=>{const e=$(i);if(e&&e.textContent!==v)e.textContent=v}
const n=x=>Math.round(x).toLocaleString('en')
const scaled=(x,step,units)=>{let u=0;while(x>=step&&u<units.length-1){x/=step;u++}return (x<10&&u?x.toFixed(1):n(x))+' '+units[u]}
const bytes=x=>scaled(x,1e3,['B','kB','MB','GB','TB','PB'])
const time=x=>x===null?'–':scaled(x/1e3,1e3,['µs','ms','s'])
const end=s=>{const o=Math.max((s>>4)-1,0);return (s-o*16+1)*2**o*62.5}
const percentile=(now,old,p)=>{
  const before=new Map(old?old.steps:[]),d=now.steps.map(([s,c])=>[s,c-(before.get(s)||0)])
  const all=d.reduce((a,x)=>a+x[1],0);let sum=0
  for(const [s,c] of d)if((sum+=c)&&sum>=all*p)return end(s)
  return null}
const times=(id,now,old)=>{for(const p of [50,99])set(id+'-'+p,time(percentile(now,old,p/100)))}
const lines=j=>{
  const stalled=Math.min(j.services.reduce((a,s)=>a+s.stalled,0),j.active),rest=j.active-stalled
  const waiting=Math.min(j.pools.reduce((a,p)=>a+p.queued,0),rest)
  const talking=Math.max(0,Math.min(j.talking,rest)-waiting)
  return {t:talking,w:waiting,s:stalled,i:rest-talking-waiting}}
function drawLamps(j){
  const l=lines(j),each=Math.max(1,Math.ceil(j.active/N)),kinds=[]
  for(const k of ['s','w','t','i'])for(let c=Math.ceil(l[k]/each);c-->0;)kinds.push(k)
  for(let i=0;i<N;i++){const c=kinds[i]||'',e=lamps[i*37%N];if(e.className!==c)e.className=c}
  for(const k in l)set('n'+k,n(l[k]))
  set('active',n(j.active));set('each',each>1?`each lamp stands for ${n(each)} lines`:'')}
function drawCords(){
  const box=$('cords').getBoundingClientRect(),all=[...document.querySelectorAll('.desk')]
  const now=seen[seen.length-1],old=seen.length>1?seen[seen.length-2]:null
  const turns=all.map((e,i)=>now.j.pools[i].queue_wait.count-(old?old.j.pools[i].queue_wait.count:0)),sum=turns.reduce((a,t)=>a+t,0)
  const lit=lamps.filter(e=>/[tw]/.test(e.className)).slice(0,18)
  const colours=['#b5452f','#e8d9b5','#3f7f78','#c9962f','#7d4f6d'],at=(e,y)=>{const r=e.getBoundingClientRect();return [r.left+r.width/2-box.left,r.top+r.height*y-box.top,r.width]}
  let d='',k=0,upTo=turns[0];lit.forEach((e,i)=>{
    while(k<all.length-1&&(i+.5)/lit.length*sum>upTo)upTo+=turns[++k]
    if(!turns[k])return
    const [x,y]=at(e,.5),[m,b,w]=at(all[k],0),t=at(all[0],0)[1],q=m+w*.85*((i*7%lit.length+.5)/lit.length-.5),sag=40+(i*53%60)
    const g=b>t?m-w/2-9+i%4*2:q
    d+=`<path stroke="${colours[i%5]}" d="M${x} ${y}C${x} ${y+sag} ${g} ${t-sag*1.4} ${g} ${t+2}${b>t?`V${b-16}C${g} ${b} ${q} ${b-20} ${q} ${b+2}`:''}"/>`})
  $('cords').innerHTML=d}
function drawSpark(){
  const top=Math.max(1,...rates),p=rates.map((r,i)=>`${i?'L':'M'}${120-rates.length+i} ${38-r/top*36}`).join('')
  $('curve').setAttribute('d',p);$('area').setAttribute('d',p&&`${p}V40H${120-rates.length}Z`)
  set('rate',n(rates[rates.length-1]||0));set('top',n(top))}
function draw(j){
  const at=performance.now(),last=seen[seen.length-1]
  seen.push({at,j});while(seen.length>11)seen.shift()
  const old=seen.length>1?seen[0].j:null,span=last?(at-last.at)/1e3:0
  document.body.className='';$('state').className='tag '+(j.ready?'ready':'');set('state',j.state)
  $('paused').hidden=!j.accept_paused
  drawLamps(j);drawCords()
  if(last){rates.push(Math.max(0,(j.reads-last.j.reads)/span));while(rates.length>120)rates.shift();drawSpark()}
  const since=old?`last ${Math.max(1,Math.floor((at-seen[0].at)/1e3))} s`:'since the start'
  j.pools.forEach((p,i)=>{
    set('q'+i,n(p.queued));set('b'+i,`${n(p.busy)} of ${n(p.workers)}`);set('since'+i,since)
    times('w'+i,p.queue_wait,old&&old.pools[i].queue_wait)
    const o=$('o'+i);for(let k=0;k<o.children.length;k++)o.children[k].className=k<p.busy?'b':''})
  j.services.forEach((s,i)=>{
    set('sa'+i,n(s.active));set('sr'+i,n(s.reads-(old?old.services[i].reads:0)))
    times('s'+i,s.service_time,old&&old.services[i].service_time)})
  ;(j.processes||[]).forEach((p,i)=>{
    set('ps'+i,p.state);set('pa'+i,n(p.active));set('pr'+i,n(p.reads));set('px'+i,n(p.restarts))})
  document.querySelectorAll('[data-hold]').forEach(e=>{
    const l=j.listeners.find(l=>l.address===e.dataset.hold)
    e.querySelector('dd').textContent=!l?'closed':l.on_hold<0?'not known':`${n(l.on_hold)} of ${n(l.backlog)}`
    e.querySelector('progress').value=l&&l.on_hold>0?l.on_hold:0})
  set('in',bytes(j.bytes_in));set('out',bytes(j.bytes_out));set('lost',bytes(j.bytes_lost))
  if(last){set('inr',bytes((j.bytes_in-last.j.bytes_in)/span)+'/s');set('outr',bytes((j.bytes_out-last.j.bytes_out)/span)+'/s')}
  set('accepted',n(j.accepted));set('held',n(j.held));set('rejected',n(j.rejected))
  const sum=Object.values(j.closed).reduce((a,c)=>a+c,0)
  for(const r in j.closed){set('c-'+r,n(j.closed[r]));const p=$('p-'+r);p.max=sum||1;p.value=j.closed[r]}}
async function tick(){
  if(!document.hidden)try{draw(await(await fetch('status.json',{cache:'no-store'})).json())}
  catch{document.body.className='stale';$('state').className='tag gone';set('state','no answer')}
  setTimeout(tick,1e3)}
addEventListener('resize',()=>seen.length&&drawCords());$('live').hidden=false;tick()})()
)js";

}  // namespace switchboard::status

#endif  // SWITCHBOARD_SRC_STATUS_PAGE_SCRIPT_H_
