import { TallymanError } from '../../src/core/errors';
import { readView, textOf } from '../../src/render/vocabulary';

function problemsOf(html: string): string[] {
  try {
    readView(html);
    return [];
  } catch (error) {
    if (!(error instanceof TallymanError)) throw error;
    expect(error.code).toBe('CATALOG_INVALID');
    return error.problems.map((problem) => problem.message);
  }
}

describe('readView', () => {
  it('reads what is inside main, entities decoded', () => {
    const main = readView(
      '<html><head><style>x{}</style></head><body><main><p class="lead">a &lt;b&gt;<br>c</p></main></body></html>',
    );
    expect(textOf(main)).toBe('a <b>c');
    expect(main.children).toEqual([
      {
        name: 'p',
        classes: ['lead'],
        attributes: {},
        children: ['a <b>', { name: 'br', classes: [], attributes: {}, children: [] }, 'c'],
      },
    ]);
  });

  it.each([
    ['<main><script>x</script></main>', '<script>'],
    ['<main><img src="x"></main>', 'a picture must be in the page'],
    ['<main><p class="shiny">x</p></main>', 'shiny'],
    ['<main><p style="color:red">x</p></main>', 'style'],
    ['<main><p onclick="x()">x</p></main>', 'onclick'],
    ['<main><a href="javascript:alert(1)">x</a></main>', 'javascript:alert(1)'],
    ['<main><a href="http://x.example">x</a></main>', 'http://x.example'],
    ['<main><a href="#nowhere">x</a></main>', 'nowhere'],
    ['<main><p id="a">x</p><p id="a">y</p></main>', 'used twice'],
    ['<main><p>x', '<p> is not closed'],
    ['<main><p>x<ul><li>y</li></ul></main>', '<p> is not closed'],
    ['<p>x</p>', 'no <main>'],
  ])('refuses %s', (html, named) => {
    expect(problemsOf(html).join(' ')).toContain(named);
  });

  it('tells every problem at once, up to a limit', () => {
    expect(problemsOf('<main><b>x</b><i>y</i></main>')).toHaveLength(2);
    expect(problemsOf(`<main>${'<b>x</b>'.repeat(100)}</main>`)).toHaveLength(20);
  });
});
