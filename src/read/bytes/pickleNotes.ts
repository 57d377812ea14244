/** What pickles named that is not built: said to whoever opened the file. */

/** What pickles named and this machine does not build, over all pickles of a file. */
export class PickleNotes {
  /** Objects by the name that they are of. */
  readonly unknown = new Map<string, number>();
  /** Names that run commands or code where pickles are trusted. */
  readonly dangerous = new Set<string>();
}

const DANGEROUS_MODULE = /^(os|posix|nt|ntpath|posixpath|subprocess|sys|shutil|socket|pty|runpy|importlib|ctypes|code|codeop|commands|popen2|webbrowser|pip|pdb|bdb|timeit|trace|profile|cProfile|requests|urllib|http|ftplib|smtplib|aiohttp|httplib|pickle|cPickle|_pickle|marshal|dill|cloudpickle|ssl)(\.|$)/;
const DANGEROUS_NAME = /^builtins\.(eval|exec|execfile|compile|open|__import__|globals|locals|vars|setattr|delattr|input|breakpoint|exit|quit|apply|map|filter)$|^operator\.(attrgetter|methodcaller)$|^torch\.(load|hub\.|serialization\.load|jit\.load)|^numpy\.(load|testing\.|f2py)|^types\.(CodeType|FunctionType)$|\.(system|popen|spawn\w*|exec[lv]\w*)$/;

/** Whether code may be run by who calls `name`. */
export function isDangerous(name: string): boolean {
  return DANGEROUS_MODULE.test(name) || DANGEROUS_NAME.test(name);
}
