// Answers ReadyOps.Benchmarks, a line for a line, fields between tabs; what it says is told in Opponents/Program.cs.
'use strict';
const started = process.hrtime.bigint();
const fs = require('fs');
const path = require('path');
const modules = path.join(process.argv[2], 'node_modules', 'ajv', 'dist');

function create(schema) {
  const Ajv = require(path.join(modules, String(schema.$schema || '').includes('2020-12') ? '2020.js' : 'ajv.js')).default;
  return new Ajv({ strict: false, validateFormats: false, logger: false });
}

const elapsed = since => Number(process.hrtime.bigint() - since);

if (process.argv[3] === 'cold') {
  const schema = JSON.parse(fs.readFileSync(process.argv[4], 'utf8'));
  const fits = create(schema).compile(schema)(JSON.parse(fs.readFileSync(process.argv[5], 'utf8')));
  console.log(`${fits ? 1 : 0}\t${elapsed(started) / 1e6}`);
  process.exit(0);
}

let text, validate, buffers, texts, values, sink = 0;

function load(schemaPath, documents, first, count, stride) {
  try {
    text = fs.readFileSync(schemaPath, 'utf8');
    const schema = JSON.parse(text);
    validate = create(schema).compile(schema);
    texts = fs.readFileSync(documents, 'utf8').split('\n').filter(line => line.length > 0)
      .slice(+first).filter((_, index) => index % stride === 0).slice(0, +count);
    buffers = texts.map(line => Buffer.from(line, 'utf8'));
    texts = buffers.map(buffer => buffer.toString('utf8'));
    values = texts.map(line => JSON.parse(line));
    return `ok\t${values.length}`;
  } catch (error) {
    return `no\t${String(error.message).replace(/\s+/g, ' ').slice(0, 200)}`;
  }
}

function verdict(value) {
  try {
    return validate(value) ? '1' : '0';
  } catch {
    return 'E';
  }
}

const passes = {
  verdict() { for (let i = 0; i < values.length; i++) if (validate(values[i])) sink++; },
  bytes() { for (let i = 0; i < buffers.length; i++) if (validate(JSON.parse(buffers[i].toString('utf8')))) sink++; },
  string() { for (let i = 0; i < texts.length; i++) if (validate(JSON.parse(texts[i]))) sink++; },
};

function measure(mode, milliseconds, before) {
  const pass = passes[mode];
  for (let i = 0; i < before; i++) pass();
  let count = 0;
  const since = process.hrtime.bigint();
  do {
    pass();
    count++;
  } while (elapsed(since) < milliseconds * 1e6);
  return elapsed(since) / 1e3 / count / values.length;
}

// The meta-schema is compiled before: only the schema itself is timed.
function compile(times) {
  let least = Infinity;
  for (let i = 0; i < times; i++) {
    const schema = JSON.parse(text);
    const ajv = create(schema);
    ajv.validateSchema({ $schema: schema.$schema });
    const since = process.hrtime.bigint();
    ajv.compile(JSON.parse(text));
    least = Math.min(least, elapsed(since) / 1e6);
  }
  return least;
}

require('readline').createInterface({ input: process.stdin }).on('line', line => {
  const words = line.split('\t');
  const answer = words[0] === 'load' ? load(...words.slice(1))
    : words[0] === 'verdicts' ? values.map(verdict).join('')
    : words[0] === 'measure' ? measure(words[1], +words[2], +words[3])
    : words[0] === 'compile' ? compile(+words[1])
    : 'unknown';
  process.stdout.write(`${answer}\n`);
});
