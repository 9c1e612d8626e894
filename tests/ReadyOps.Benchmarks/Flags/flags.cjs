// Answers ReadyOps.Benchmarks, a line for a line, fields between tabs: node flags.cjs <folder of node_modules> core|unleash
'use strict';
const fs = require('fs');
const path = require('path');
const Module = require('module');
const from = Module.createRequire(path.join(process.argv[2], 'package.json'));
const isCore = process.argv[3] === 'core';

let evaluate, contexts, keys, sink = 0;
const ready = { load: null };

function loadCore(file) {
  const { FlagdCore } = from('@openfeature/flagd-core');
  const quiet = { error() {}, warn() {}, info() {}, debug() {} };
  const core = new FlagdCore(undefined, quiet);
  core.setConfigurations(fs.readFileSync(file, 'utf8'));
  ready.load = text => core.setConfigurations(text);
  evaluate = (key, context) => core.resolveBooleanEvaluation(key, false, context).value;
}

async function loadUnleash(file) {
  const { Unleash, InMemStorageProvider } = from('unleash-client');
  const data = JSON.parse(fs.readFileSync(file, 'utf8'));
  const unleash = new Unleash({
    appName: 'benchmark', url: 'http://127.0.0.1:9/', refreshInterval: 0, disableMetrics: true, skipInstanceCountWarning: true, disableAutoStart: false,
    storageProvider: new InMemStorageProvider(), bootstrap: { data: data.features, segments: [] }, bootstrapOverride: true,
  });
  unleash.on('error', () => {});
  unleash.on('warn', () => {});
  await new Promise(resolve => { unleash.once('ready', resolve); setTimeout(resolve, 2000); });
  evaluate = (key, context) => unleash.isEnabled(key, context, false);
}

// The median of batches, as of ours.
function measure(workload, milliseconds) {
  const names = keys[workload], batches = [];
  let key = 0, user = 0;
  const until = process.hrtime.bigint() + BigInt(Math.round(milliseconds * 1e6));
  while (process.hrtime.bigint() < until) {
    const since = process.hrtime.bigint();
    for (let i = 0; i < 1000; i++) {
      if (evaluate(names[key], contexts[user])) sink++;
      if (++key === names.length) key = 0;
      if (++user === contexts.length) user = 0;
    }
    batches.push(Number(process.hrtime.bigint() - since) / 1000);
  }
  return batches.sort((a, b) => a - b)[batches.length >> 1];
}

async function answer(line) {
  const [word, ...rest] = line.split('\t');
  switch (word) {
    case 'load': {
      await (isCore ? Promise.resolve(loadCore(rest[0])) : loadUnleash(rest[0]));
      const users = JSON.parse(fs.readFileSync(rest[1], 'utf8'));
      keys = users.keys;
      contexts = isCore ? users.contexts : users.contexts.map(({ targetingKey, ...properties }) => ({ userId: targetingKey, properties: Object.fromEntries(Object.entries(properties).map(([name, value]) => [name, String(value)])) }));
      return 'ok';
    }
    case 'share': {
      const name = keys[rest[0]][0];
      return String(contexts.filter(context => evaluate(name, context)).length);
    }
    case 'measure':
      return String(measure(rest[0], Number(rest[1])));
    case 'reload': {
      const text = fs.readFileSync(rest[0], 'utf8');
      const since = process.hrtime.bigint();
      ready.load(text);
      return String(Number(process.hrtime.bigint() - since) / 1e6);
    }
    default:
      return 'no';
  }
}

let queue = Promise.resolve();
require('readline').createInterface({ input: process.stdin }).on('line', line => {
  queue = queue.then(() => answer(line)).then(text => console.log(text), error => console.log(`no\t${String(error.message).replace(/\s+/g, ' ')}`));
}).on('close', () => process.exit(0));
