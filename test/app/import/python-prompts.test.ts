import { describe, expect, it } from 'vitest';
import { readPythonPrompt } from '../../../src/app/import/python-prompts.ts';

const SOURCE = String.raw`import json

LIMIT = 3

def simple(topic):
    return f"Write about {topic}."

def long(text):
    """Makes a prompt."""

    prompt = f"""
  Summarize as {{"json": 1}}:
import is a word here

    {text}
    """

    return prompt

def newer(context: dict) -> str:
    # what it is about
    topic = context['vars']['topic']
    return f'''{topic} and {context["vars"]["other"]}'''

def plain(context):
    return "Say \"hi\"\n{{name}}"

def counts(context):
    return f"{len(context)}"

def loads(context):
    data = json.load(open("x"))
    return f"{data}"

def chat(context):
    return json.dumps([{"role": "user"}])

def both(a, b):
    if a:
        return "x"
    return f"{a} {b}"
`;

describe('a prompt function of a Python file', () => {
  it.for([
    ['simple', 'Write about {{topic}}.', true],
    ['long', '\n  Summarize as {"json": 1}:\nimport is a word here\n\n    {{text}}\n    ', true],
    ['newer', '{{topic}} and {{other}}', false],
    ['plain', 'Say "hi"\n{{name}}', false],
  ] as const)('is a template if it only returns a text: %s', ([name, text, usesParameters]) => {
    expect(readPythonPrompt(SOURCE, name)).toEqual({ text, usesParameters });
  });

  it.for(['counts', 'loads', 'chat', 'both', 'missing'])('is none if it does more: %s', (name) => {
    expect(readPythonPrompt(SOURCE, name)).toBe(null);
  });
});
