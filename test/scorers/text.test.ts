import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { itScores, makeScorers, scoreOf } from './scoring.ts';

const LONG = 'слово '.repeat(17_000);

describe('exact', () => {
  itScores('exact', [
    ['the same text is right', 'Paris', 'Paris', 1],
    ['white space around an answer says nothing', ' Paris\n', '\tParis ', 1],
    ['a no-break space is white space too', '\u00a0Paris', 'Paris', 1],
    ['case counts: it is what exact means', 'paris', 'Paris', 0],
    ['a full stop counts', 'Paris.', 'Paris', 0],
    ['an empty answer is wrong, not unjudged', '', 'Paris', 0],
    ['white space alone is what is expected where nothing but it is', '  ', ' ', 1],
    ['a space inside counts', 'Par is', 'Paris', 0],
    ['ё is not е: letter for letter', 'ёлка', 'елка', 0],
    ['one letter encoded in two ways is two texts', 'e\u0301', 'é', 0],
    ['a number is only its digits here', '1 234,5', '1234.5', 0],
    ['a right answer of 100 KB is right', LONG, LONG.trim(), 1],
    ['a row that expects nothing cannot be judged', 'Paris', null, null],
  ]);
  itScores('exact:Да', [
    ['the argument takes the place of the expected answer', 'Да', 'Нет', 1],
    ['and needs none', 'Нет', null, 0],
  ]);
  itScores({ type: 'exact', ignorePunctuation: true, collapseSpaces: true, foldYo: true, ignoreCase: true }, [
    ['punctuation does not count where that is asked for', '«Ёлка!»', 'елка', 1],
    ['nor how much white space there is', 'a \n b', 'A B', 1],
    ['a dash between words leaves one space, as no dash does', 'да — нет', 'да нет', 1],
  ]);
  itScores({ type: 'exact', trim: false }, [['white space counts where that is asked for', ' Paris', 'Paris', 0]]);
});

describe('iexact', () => {
  itScores('iexact', [
    ['case does not count', 'PARIS', 'paris', 1],
    ['Russian case neither', 'МОСКВА', 'москва', 1],
    ['ё is written as е by most people', 'Королёв', 'королев', 1],
    ['ё may be a letter with a mark', 'Корол\u0435\u0308в', 'Королев', 1],
    ['й is no и', 'мой', 'мои', 0],
    ['one letter encoded in two ways is one', 'e\u0301', 'é', 1],
    ['full-width letters are letters', 'ＰＡＲＩＳ', 'paris', 1],
    ['a ligature is its letters', 'ﬁn', 'fin', 1],
    ['ß is ss in capitals', 'STRASSE', 'straße', 1],
    ['a final sigma is a sigma', 'ΣΑΣ', 'σασ', 1],
    ['a Latin letter is no Cyrillic one that looks like it', 'MOCKBA', 'москва', 0],
    ['a full stop counts', 'Paris.', 'Paris', 0],
    ['an accent counts', 'café', 'cafe', 0],
    ['an empty answer is wrong', '', 'x', 0],
  ]);
  itScores({ type: 'iexact', foldYo: false }, [['ё is ё where that is asked for', 'всё', 'все', 0]]);
});

describe('contains', () => {
  itScores('contains', [
    ['the text somewhere in the answer is enough', 'It is Paris.', 'Paris', 1],
    ['case counts', 'It is paris.', 'Paris', 0],
    ['a part of the text is not the text', 'Par', 'Paris', 0],
    ['an empty answer contains nothing', '', 'Paris', 0],
    ['signs of patterns are plain signs', 'a.c', 'a.c', 1],
    ['a dot matches only a dot', 'abc', 'a.c', 0],
    ['Russian text is text', 'Это Москва', 'Москва', 1],
    ['another case of a Russian noun is another text', 'Живу в Москве', 'Москва', 0],
    ['a word within a word counts: it is text, not words', 'Parisian', 'Paris', 1],
    ['white space of the expected text counts', 'Paris', 'Paris ', 0],
    ['a line end is no space', 'a\nb', 'a b', 0],
    ['the end of an answer of 100 KB is looked at', `${LONG}Париж`, 'Париж', 1],
    ['a row that expects nothing cannot be judged', 'Paris', null, null],
  ]);

  it('passes every answer that has the expected text between other texts', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string(), fc.string(), fc.string(), async (before, expected, after) => {
        expect((await scoreOf('contains', before + expected + after, expected)).value).toBe(1);
      }),
    );
  });
});

describe('icontains', () => {
  itScores('icontains', [
    ['case does not count', 'it is PARIS.', 'Paris', 1],
    ['ё is е', 'Актёр играет', 'актер', 1],
    ['е is ё', 'Актер играет', 'актёр', 1],
    ['no-break spaces are spaces', '1\u00a0000 рублей', '1 000 Рублей', 1],
    ['a Roman numeral sign is its letters', 'глава Ⅳ', 'Глава IV', 1],
    ['a superscript is its digit', '5 м²', '5 М2', 1],
    ['ellipses are three points', 'Ну…', 'ну...', 1],
    ['quotes of another kind are other signs', '«да»', '"да"', 0],
    ['another case of a noun is another text', 'в Москве', 'МОСКВА', 0],
    ['an empty answer contains nothing', '', 'x', 0],
    ['a row that expects nothing cannot be judged', 'x', null, null],
    ['the text is found in 100 KB', `${LONG}ПАРИЖ`, 'париж', 1],
  ]);
});

describe('contains-all', () => {
  itScores('contains-all', [
    ['every text is there, in any order', 'b, then a', 'a,b', 1],
    ['one is missing', 'only a', 'a,b', 0],
    ['white space around commas does not count', 'a b', ' a ,  b ', 1],
    ['a comma too many is no text', 'a b', 'a,,b,', 1],
    ['a JSON array may have commas in its texts', 'a, b and c', '["a, b", "c"]', 1],
    ['numbers of a JSON array are their texts', '1 and 2', '[1, 2]', 1],
    ['what begins like an array and is none is a list', '[a b', '[a, b', 1],
    ['case counts', 'A b', 'a,b', 0],
    ['one text that is found twice is enough for both', 'aa', 'a,a', 1],
    ['an empty answer lacks them', '', 'a', 0],
    ['a list of nothing cannot be judged', 'a', ',', null],
    ['a row that expects nothing cannot be judged', 'a', null, null],
  ]);
  itScores({ type: 'contains-all', values: ['Ёлка', 'шар'], ignoreCase: true, foldYo: true }, [
    ['options count for answer and list', 'елка и ШАР', null, 1],
  ]);
  it('says what is missing', async () => {
    expect((await scoreOf('contains-all:a,b,c', 'b')).explanation).toBe('lacks a, c');
  });
});

describe('contains-any', () => {
  itScores('contains-any', [
    ['a number of a JSON list is looked for as it is written', 'It costs 1.10.', '[1.10, 9]', 1],
    ['and not as another', 'It costs 1.1.', '[1.10, 9]', 0],
    ['one is enough', 'yes', 'yes,no', 1],
    ['none is not', 'maybe', 'yes,no', 0],
    ['both are fine', 'yes and no', 'yes,no', 1],
    ['case counts', 'Yes', 'yes,no', 0],
    ['a word within a word counts', 'I know', 'yes,no', 1],
    ['an empty answer has none', '', 'yes', 0],
    ['a JSON array is a list', 'да', '["да","нет"]', 1],
    ['an array that is not flat is a list of its parts between commas', '[1]', '[[1], 2]', 0],
    ['an empty array cannot be judged', 'x', '[]', null],
    ['empty texts are left out, or all answers would have them', 'x', '["", "y"]', 0],
    ['one text without a comma is a list of one', 'да', 'да', 1],
    ['a row that expects nothing cannot be judged', 'x', null, null],
  ]);
  itScores('contains-any:да,нет', [['the argument is a list', 'нет', null, 1]]);
});

describe('starts-with', () => {
  itScores('starts-with', [
    ['the beginning is enough', 'Yes, because', 'Yes', 1],
    ['case counts', 'yes', 'Yes', 0],
    ['white space before the answer does not count', '\n  Yes', 'Yes', 1],
    ['a mark before the answer counts', '**Yes**', 'Yes', 0],
    ['later is not at the beginning', 'Oh yes', 'yes', 0],
    ['a word that begins so begins so', 'Yesterday', 'Yes', 1],
    ['the whole answer begins with itself', 'Yes', 'Yes', 1],
    ['the answer is shorter', 'Ye', 'Yes', 0],
    ['an empty answer begins with nothing', '', 'Yes', 0],
    ['ё is not е', 'Ёлка', 'Елка', 0],
    ['a byte order mark is white space', '\ufeffДа', 'Да', 1],
    ['a row that expects nothing cannot be judged', 'x', null, null],
  ]);
  itScores('starts-with:Нет', [['the argument takes the place of the expected answer', 'Нет, нельзя', null, 1]]);
});

describe('lists', () => {
  itScores('contains-all', [
    ['a part with a comma stands in quotes', 'hello, world and foo', '"hello, world",foo', 1],
    ['and is one part', 'hello and world and foo', '"hello, world",foo', 0],
    ['a quote within is written twice', 'a "quoted" value', '"a ""quoted"" value"', 1],
    ['or behind a backslash', 'say "hi"', '"say \\"hi\\"", hi', 1],
    ['other backslashes are themselves', 'test\\test', '"test\\test"', 1],
    ['white space around quotes does not count', 'a b', ' "a" ,\t"b" ', 1],
    ['a quote within a bare part is itself', 'it is 5" wide', '5" wide', 1],
    ['a JSON array needs no quotes of its own', 'a, b and c', '["a, b", "c"]', 1],
    ['a quote that is never closed cannot be judged by', 'test', '"test', null],
    ['nor can text behind a closing quote', 'hello world', '"hello" world', null],
    ['100 KB of parts are read', 'x', Array.from({ length: 17_000 }, () => '"x"').join(','), 1],
  ]);

  it('are rejected if a quote is never closed', async () => {
    await expect(makeScorers(['contains-any:"a'])).rejects.toThrow('a quote is never closed: "a');
    await expect(makeScorers(['contains-any:"a" b'])).rejects.toThrow('text behind a closing quote: "a" b');
  });
});
