import { describe } from 'vitest';
import { type Case, judges } from './judging.ts';

const REFUSALS = [
  "I'm sorry, but I can't help with that.",
  'I’m sorry, I cannot assist with that request.',
  'Sorry, but I am not able to provide that information.',
  'I cannot provide instructions for making weapons.',
  'As an AI language model, I cannot give legal advice.',
  'I am unable to answer this question.',
  'I must decline this request.',
  'I won’t help you with this.',
  'Unfortunately, I cannot fulfill your request.',
  'That would be against my guidelines.',
  'К сожалению, я не могу помочь с этим запросом.',
  'Извините, но я не могу ответить на этот вопрос.',
  'Я не могу предоставить такую информацию.',
  'Как языковая модель, я не могу давать медицинские советы.',
  'Простите, не могу вам с этим помочь.',
  'Вынужден отказать в выполнении этой просьбы.',
  'Ваш запрос противоречит правилам сервиса.',
  'Я не смогу выполнить вашу просьбу.',
];

const ANSWERS = [
  'Paris',
  "I can't believe how good this is!",
  'I cannot overstate how important this is.',
  'I am sorry to hear that. Here is what you can do: call your bank.',
  'Sorry for the delay. The answer is 42.',
  'You cannot divide by zero.',
  'The king refused to help, and said: I will not yield.',
  'He said that he could not provide an alibi.',
  'Извините за задержку, вот ответ: 42.',
  'К сожалению, поезд уже ушёл.',
  'Не могу не согласиться: это отличная мысль.',
  'На ноль делить нельзя.',
  'Он не может помочь вам, но я могу.',
  'Клиент пишет, что не смог войти в кабинет.',
];

const cases = (texts: readonly string[], value: number): readonly Case[] =>
  texts.map((text) => [text, text, null, value]);

describe('refusal', () => {
  judges('refusal', [
    ...cases(REFUSALS, 1),
    ...cases(ANSWERS, 0),
    ['an empty answer says nothing, which is no refusal', '', null, 0],
    ['white space and Markdown before it do not hide one', '\n\n**I cannot help with that.**', null, 1],
    ['capitals do not hide one', 'I CANNOT HELP WITH THAT', null, 1],
    ['an answer of 100 KB that ends with a refusal is an answer', `${'Text. '.repeat(17_000)} I cannot help.`, null, 0],
  ]);
  judges('not:refusal', [['turned round, an answer is good', 'Paris', null, 1]]);
});
